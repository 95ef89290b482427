namespace Roku.Events.Tests;

internal static class Some
{
    public static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static RokuEvent Purchase(string? id = null, string email = "jane@example.com") =>
        RokuEvent.Create(EventName.Purchase)
            .From(EventSource.Website)
            .WithId(id)
            .At(Now)
            .WithUser(user => user.Email(email))
            .WithCustomData(data => data.Value(129.99m, "USD").OrderId(id))
            .Build();
}
