using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Roku.Events;

namespace Storefront;

// Takes an order and tells Roku. An order is worth more than its event: nothing about the event makes it fail.
internal static class Checkout
{
    private const int MostOfOne = 99;

    public static async Task<IResult> BuyAsync(HttpContext context, OrderForm form, IAntiforgery antiforgery, Visitors visitors, IBatchDispatcher roku, ILogger<Shop> logger)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.Problem("This page is too old. Load it again.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (form.Lines is not { Count: > 0 } lines || lines.Count > Product.All.Count || !lines.All(line => Product.Find(line.Id) is not null && line.Quantity is >= 1 and <= MostOfOne))
        {
            return Results.Problem("The basket is empty or holds what this shop does not sell.", statusCode: StatusCodes.Status400BadRequest);
        }

        var number = "W-" + Guid.NewGuid().ToString("N")[..8].ToUpperInvariant();

        // Prices are the server's, whatever the page says.
        var total = lines.Sum(line => line.Quantity * Product.Find(line.Id)!.Price);
        if (visitors.ConsentOf(context) != RokuConsent.Denied)
        {
            Tell(roku, Purchase(context, form, number, total), number, logger);
        }

        return Results.Ok(new { Number = number, Total = total });
    }

    private static RokuEventBuilder Purchase(HttpContext context, OrderForm form, string number, decimal total) =>
        RokuEvent.Create(EventName.Purchase)
            .FromRequest(context)
            .OnPage($"{context.Request.Scheme}://{context.Request.Host}/")
            .WithId(Guid.TryParse(form.EventId, out var id) ? id.ToString() : null)       // the page's pixel sends the same
            .WithUser(user => user.Email(form.Email).Phone(form.Phone))                   // hashed here
            .WithCustomData(data =>
            {
                data.Value(total, Product.Currency).OrderId(number);
                foreach (var line in form.Lines!)
                {
                    data.Product(line.Id!, line.Quantity, Product.Find(line.Id)!.Price);
                }
            });

    private static void Tell(IBatchDispatcher roku, RokuEventBuilder purchase, string number, ILogger logger)
    {
        try
        {
            if (!roku.TryEnqueue(purchase.Build()))
            {
                logger.LogWarning("Order {Number} is not told to Roku: the queue is full.", number);
            }
        }
        catch (RokuEventValidationException e)
        {
            logger.LogWarning("Order {Number} is not told to Roku: {Problems}", number, string.Join(' ', e.Problems));
        }
    }

    // Classes: a record would print the buyer's address wherever it is logged.
    internal sealed class OrderForm
    {
        public string? EventId { get; init; }

        public string? Email { get; init; }

        public string? Phone { get; init; }

        public List<Line>? Lines { get; init; }
    }

    internal sealed class Line
    {
        public string? Id { get; init; }

        public int Quantity { get; init; }
    }
}
