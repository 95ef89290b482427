using System.Buffers;
using System.Text.Json;
using Quickstart;

namespace Roku.Events.Benchmarks.Drain;

// Events to send again and again, as each contender wants them.
internal sealed class Load
{
    public const int BatchSize = 1_000;
    private const int MaxBodies = 128;

    private readonly Func<int, RokuEvent> _build;
    private readonly Func<int, NaiveEvent> _buildByHand;

    private Load(string name, int events, int distinct, Func<int, RokuEvent> build, Func<int, NaiveEvent> buildByHand)
    {
        Name = name;
        Events = events;
        _build = i => build(i % distinct);
        _buildByHand = i => buildByHand(i % distinct);
        Bodies = [.. Enumerable.Range(0, Math.Min(MaxBodies, events / BatchSize)).Select(body => WriteBody(body, new()).ToArray())];
    }

    public string Name { get; }

    public int Events { get; }

    // Bodies of requests of 1,000 events: many, because one body sent again and again would come from the processor's
    // cache, which no queue can match.
    public byte[][] Bodies { get; }

    public int BytesPerEvent => Bodies[0].Length / BatchSize;

    // The body as it would be made if there were no queue: its events, one after another, in a buffer that is kept.
    public ReadOnlyMemory<byte> WriteBody(int body, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(buffer, RokuEvent.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("event_group_id", Client.EventGroupId);
        writer.WriteStartArray("events");
        for (var i = body * BatchSize; i < (body + 1) * BatchSize; i++)
        {
            _build(i).WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

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
        var built = Enumerable.Range(0, BatchSize).Select(SmallEvent).ToArray();
        var builtByHand = Enumerable.Range(0, BatchSize).Select(SmallEventByHand).ToArray();
        return new Load("small events", events, built.Length, i => built[i], i => builtByHand[i]);
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
