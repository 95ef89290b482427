using System.Text.Json;
using Quickstart;

namespace Roku.Events.Benchmarks.Drain;

// Events to send again and again, as each contender wants them.
internal sealed class Load
{
    private readonly Func<int, RokuEvent> _build;
    private readonly Func<int, NaiveEvent> _buildByHand;

    private Load(string name, int events, int distinct, Func<int, RokuEvent> build, Func<int, NaiveEvent> buildByHand)
    {
        Name = name;
        Events = events;
        _build = i => build(i % distinct);
        _buildByHand = i => buildByHand(i % distinct);
        var prebuilt = Enumerable.Range(0, 1_000).Select(i => _build(i)).ToList();
        Body = BodyOf(prebuilt);
    }

    public string Name { get; }

    public int Events { get; }

    // The body of one request of 1,000 events.
    public byte[] Body { get; }

    public RokuEvent Build(int i) => _build(i);

    public NaiveEvent BuildByHand(int i) => _buildByHand(i);

    // A shop: every order is built, and its e-mail address hashed, when it is sent.
    public static Load Retail(int events)
    {
        var orders = Invoice.ReadAll(Path.Combine(AppContext.BaseDirectory, "data", "2010-12.csv.gz"))
            .Where(invoice => !invoice.IsCancelled && invoice.Customer != "")
            .ToArray();
        return new Load("retail orders", events, orders.Length, i => Purchase(orders[i]), i => PurchaseByHand(orders[i]));
    }

    // The other end: events that cost nothing to make, so that only queue and transport are seen.
    public static Load Small(int events)
    {
        var built = Enumerable.Range(0, 1_000).Select(SmallEvent).ToArray();
        var builtByHand = Enumerable.Range(0, 1_000).Select(SmallEventByHand).ToArray();
        return new Load("small events", events, built.Length, i => built[i], i => builtByHand[i]);
    }

    private static byte[] BodyOf(List<RokuEvent> events)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, RokuEvent.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("event_group_id", Client.EventGroupId);
            writer.WriteStartArray("events");
            events.ForEach(rokuEvent => rokuEvent.WriteTo(writer));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    private static RokuEvent SmallEvent(int i) => RokuEvent.Create(EventName.Lead)
        .From(EventSource.Chat)
        .WithId($"e{i}")
        .At(TypicalPurchase.UnixSeconds)
        .WithUser(user => user.IpAddress("10.0.0.1"))
        .Build();

    private static NaiveEvent SmallEventByHand(int i) => new()
    {
        EventName = "LEAD",
        EventTime = TypicalPurchase.UnixSeconds,
        EventSource = "chat",
        EventId = $"e{i}",
        UserData = new NaiveUser { ClientIpAddress = "10.0.0.1" },
    };

    private static RokuEvent Purchase(Invoice order) => RokuEvent.Create(EventName.Purchase)
        .From(EventSource.Website)
        .WithId(order.Number)
        .At(order.Date)
        .WithUser(user => user.Email($"customer-{order.Customer}@example.com"))
        .WithCustomData(data =>
        {
            data.Value(order.Total, "GBP").OrderId(order.Number);
            foreach (var line in order.Lines)
            {
                data.Product(line.StockCode, line.Quantity, line.UnitPrice);
            }
        })
        .Build();

    private static NaiveEvent PurchaseByHand(Invoice order) => new()
    {
        EventName = "PURCHASE",
        EventTime = order.Date.ToUnixTimeSeconds(),
        EventSource = "website",
        EventId = order.Number,
        UserData = new NaiveUser { Email = Naive.HashText($"customer-{order.Customer}@example.com") },
        CustomData = new NaiveCustomData
        {
            Value = order.Total,
            Currency = "GBP",
            OrderId = order.Number,
            Contents = [.. order.Lines.Select(line => new NaiveProduct { Id = line.StockCode, Quantity = line.Quantity, ItemPrice = line.UnitPrice })],
        },
    };
}
