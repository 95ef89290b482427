using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quickstart;
using Roku.Events;

// A month of real shop orders becomes PURCHASE events: Quickstart [file.csv|file.csv.gz] [--send]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
var isToBeSent = args.Contains("--send");
var path = args.FirstOrDefault(argument => argument != "--send") ?? Path.Combine(AppContext.BaseDirectory, "data", "2010-12.csv.gz");

// The client takes its key and event group from Roku__ApiKey and Roku__EventGroupId.
var builder = Host.CreateApplicationBuilder();
var roku = builder.Services.AddRokuEvents();
var isEmulated = string.IsNullOrEmpty(builder.Configuration["Roku:ApiKey"]);
if (isEmulated)
{
    roku.UseEmulator();
}
else
{
    builder.Services.Configure<RokuEventsOptions>(options => options.ValidateOnly |= !isToBeSent);
}

var batches = new List<Batch>();
roku.HttpClient.AddHttpMessageHandler(() => new BatchRecorder(batches));

// What Roku rejects is logged with its reason; to stderr, so that stdout holds the account alone.
builder.Logging.SetMinimumLevel(LogLevel.Warning).ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

using var host = builder.Build();
var options = host.Services.GetRequiredService<IOptions<RokuEventsOptions>>().Value;
var dispatcher = host.Services.GetRequiredService<IBatchDispatcher>();

var invoices = Invoice.ReadAll(path);
var cancelled = invoices.Where(invoice => invoice.IsCancelled).ToList();
var anonymous = invoices.Where(invoice => !invoice.IsCancelled && invoice.Customer == "").ToList();
var orders = invoices.Except(cancelled).Except(anonymous).ToList();

// Events carry the time they happened. Old ones would be no use to Roku, so the newest of these happens now.
var age = invoices.Count == 0 ? TimeSpan.Zero : DateTimeOffset.UtcNow - invoices.Max(invoice => invoice.Date);
var refused = new List<string>();
foreach (var order in orders)
{
    try
    {
        await dispatcher.EnqueueAsync(PurchaseOf(order, age));
    }
    catch (RokuEventValidationException exception)
    {
        refused.Add(exception.Message);
    }
}

// A batch is sent when it is full or 10 minutes old. This program ends now, so it says: now.
try
{
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
    await dispatcher.FlushAsync(patience.Token);
}
catch (OperationCanceledException)
{
    Console.WriteLine("Roku does not answer; giving up.");
}

var counts = dispatcher.Counts;
var rejected = counts.Rejected + refused.Count;
var dropped = counts.Dropped + counts.Expired + counts.Waiting;

Line("input", Path.GetFileName(path));
Line("goes to", isEmulated ? "an emulator in this process (no Roku__ApiKey is set)"
    : options.ValidateOnly ? $"{options.Endpoint.Host}, to be validated only (--send sends)"
    : options.Endpoint.Host);
Console.WriteLine();
Line("rows read", $"{invoices.Sum(invoice => invoice.Lines.Count),9:N0}");
Line("orders", $"{orders.Count,9:N0}   GBP {orders.Sum(order => order.Total):N2}");
Line("cancelled", $"{cancelled.Count,9:N0}   not sent");
Line("without customer", $"{anonymous.Count,9:N0}   not sent: no identifier to match by");
Console.WriteLine();
foreach (var batch in batches)
{
    Line("batch", $"{batch.Events,9:N0}   events {batch.Bytes,9:N0} bytes   HTTP {batch.Status}");
}

Console.WriteLine();
Line("delivered", $"{counts.Delivered,9:N0}");
Line("rejected", $"{rejected,9:N0}");
refused.ForEach(reason => Line("", reason));
Line("dropped or left", $"{dropped,9:N0}");
Line("took", $"{clock.Elapsed.TotalSeconds,9:N2}   seconds");
Console.WriteLine();
Console.WriteLine($"delivered={counts.Delivered} rejected={rejected} dropped={dropped} batches={counts.Batches}");
return rejected + dropped == 0 ? 0 : 1;

static RokuEvent PurchaseOf(Invoice order, TimeSpan age)
{
    // What a customer brought back within the same order lowers its value, but is no product bought.
    var bought = order.Lines.Where(line => line.Quantity > 0).ToList();
    return RokuEvent.Create(EventName.Purchase)
        .From(EventSource.Website)
        .WithId($"order-{order.Number}")
        .At(order.Date + age)
        .WithUser(user => user.Email($"customer-{order.Customer}@example.com"))
        .WithCustomData(data => data
            .Value(order.Total, "GBP")
            .OrderId(order.Number)
            .Products(
                [.. bought.Select(line => line.StockCode)],
                [.. bought.Select(line => line.Quantity)],
                [.. bought.Select(line => line.UnitPrice)]))
        .Build();
}

static void Line(string name, string text) => Console.WriteLine($"  {name,-17} {text}");
