using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests;

internal static class Some
{
    public const string Digest = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

    public static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static RokuEvent Purchase(string? id = null, string email = "jane@example.com") =>
        RokuEvent.Create(EventName.Purchase)
            .From(EventSource.Website)
            .WithId(id)
            .At(Now)
            .WithUser(user => user.Email(email))
            .WithCustomData(data => data.Value(129.99m, "USD").OrderId(id))
            .Build();

    public static RokuEventBuilder PurchaseToBe(string? id = "ord-17", TimeProvider? clock = null) =>
        RokuEvent.Create(EventName.Purchase, timeProvider: clock ?? new FakeTimeProvider(Now))
            .From(EventSource.Website)
            .WithId(id)
            .WithUser(user => user.Email("jane@example.com"));
}
