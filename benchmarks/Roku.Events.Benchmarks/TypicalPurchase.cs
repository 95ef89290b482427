namespace Roku.Events.Benchmarks;

// The event that most shops send most often, by this library and by hand. Both write the same bytes.
internal static class TypicalPurchase
{
    public const string Email = "Jane.Doe@Example.com ";
    public const string Phone = "+1 (555) 010-0199";
    public const string FirstName = "Jane";
    public const string LastName = "Doe";
    public const string IpAddress = "203.0.113.7";
    public const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    public const string OrderId = "ord-1048576";
    public const decimal Value = 129.99m;
    public const long UnixSeconds = 1_790_000_000;

    // The time is given, so that building never depends on the clock and the bytes are always the same.
    private static readonly TimeProvider Clock = new FixedClock();

    public static RokuEvent Build() => RokuEvent.Create(EventName.Purchase, timeProvider: Clock)
        .From(EventSource.Website)
        .WithId(OrderId)
        .At(UnixSeconds)
        .WithUser(user => user.Email(Email).Phone(Phone).FirstName(FirstName).LastName(LastName).IpAddress(IpAddress).UserAgent(UserAgent))
        .WithCustomData(data => data
            .Value(Value, "USD")
            .OrderId(OrderId)
            .Product("sku-1", quantity: 2, price: 49.995m)
            .Product("sku-2", quantity: 1, price: 30m))
        .Build();

    public static NaiveEvent BuildByHand() => new()
    {
        EventName = "PURCHASE",
        EventTime = UnixSeconds,
        EventSource = "website",
        EventId = OrderId,
        UserData = new NaiveUser
        {
            Email = Naive.HashText(Email),
            Phone = Naive.HashPhone(Phone),
            FirstName = Naive.HashText(FirstName),
            LastName = Naive.HashText(LastName),
            ClientIpAddress = IpAddress,
            ClientUserAgent = UserAgent,
        },
        CustomData = new NaiveCustomData
        {
            Value = Value,
            Currency = "USD",
            OrderId = OrderId,
            Contents =
            [
                new NaiveProduct { Id = "sku-1", Quantity = 2, ItemPrice = 49.995m },
                new NaiveProduct { Id = "sku-2", Quantity = 1, ItemPrice = 30m },
            ],
        },
    };

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds);
    }
}
