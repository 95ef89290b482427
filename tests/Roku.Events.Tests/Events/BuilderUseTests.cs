namespace Roku.Events.Tests.Events;

public sealed class BuilderUseTests
{
    public static TheoryData<Action<RokuEventBuilder>> Calls => new(
        builder => builder.From(EventSource.Chat),
        builder => builder.WithId("other"),
        builder => builder.At(Some.Now),
        builder => builder.At(1),
        builder => builder.OnPage("https://shop.example"),
        builder => builder.WithLimitedDataUse(),
        builder => builder.WithUser(_ => { }),
        builder => builder.WithCustomData(_ => { }),
        builder => builder.Build());

    public static TheoryData<Action<UserDataBuilder>> UserCalls => new(
        user => user.Email("john@example.com"),
        user => user.Email(null),
        user => user.Email("garbage"),
        user => user.HashedEmail(Some.Digest),
        user => user.Phone("+14155550142"),
        user => user.HashedPhone(Some.Digest),
        user => user.FirstName("John"),
        user => user.City("Rome"),
        user => user.IpAddress("203.0.113.7"),
        user => user.IpAddress("garbage"),
        user => user.IpAddress((string?)null));

    public static TheoryData<Action<CustomDataBuilder>> CustomDataCalls => new(
        data => data.Value(1, "USD"),
        data => data.OrderId("1"),
        data => data.NumItems(1),
        data => data.Product("a"),
        data => data.Products(["a"], [], []),
        data => data.UndocumentedField("value", 1),
        data => data.UndocumentedField("loyalty", 1),
        data => data.PurchaseType(PurchaseType.Repeat));

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_builder_builds_once(Action<RokuEventBuilder> call)
    {
        var builder = Some.PurchaseToBe();
        builder.Build();

        Assert.Contains("RokuEvent.Create", Assert.Throws<InvalidOperationException>(() => call(builder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_builder_that_failed_is_used_up_too(Action<RokuEventBuilder> call)
    {
        var builder = Some.PurchaseToBe().At(0);
        var exception = Assert.Throws<RokuEventValidationException>(builder.Build);

        Assert.Throws<InvalidOperationException>(() => call(builder));
        Assert.Single(exception.Problems);
    }

    [Theory]
    [MemberData(nameof(UserCalls))]
    public void A_user_builder_kept_aside_cannot_change_the_event(Action<UserDataBuilder> call)
    {
        UserDataBuilder? kept = null;
        var built = Some.PurchaseToBe().WithUser(user => kept = user.IpAddress("198.51.100.1")).Build();
        var before = EventJson.Text(built);

        Assert.Throws<InvalidOperationException>(() => call(kept!));
        Assert.Equal(before, EventJson.Text(built));
    }

    [Theory]
    [MemberData(nameof(CustomDataCalls))]
    public void A_custom_data_builder_kept_aside_cannot_change_the_event(Action<CustomDataBuilder> call)
    {
        CustomDataBuilder? kept = null;
        var built = Some.PurchaseToBe().WithCustomData(data => kept = data.OrderId("0")).Build();
        var before = EventJson.Text(built);

        Assert.Throws<InvalidOperationException>(() => call(kept!));
        Assert.Equal(before, EventJson.Text(built));
    }

    [Fact]
    public void Users_and_custom_data_add_up_over_several_calls()
    {
        var built = Some.PurchaseToBe()
            .WithUser(user => user.City("Rome")).WithUser(user => user.Country("IT"))
            .WithCustomData(data => data.Product("a")).WithCustomData(data => data.Product("b"))
            .Build();

        var json = EventJson.Of(built);
        Assert.Equal(["is_hashed", "em", "ct", "country"], json["user_data"]!.AsObject().Select(field => field.Key));
        Assert.Equal(2, json["custom_data"]!["contents"]!.AsArray().Count);
    }

    [Fact]
    public void A_callback_is_needed()
    {
        Assert.Throws<ArgumentNullException>(() => Some.PurchaseToBe().WithUser(null!));
        Assert.Throws<ArgumentNullException>(() => Some.PurchaseToBe().WithCustomData(null!));
    }
}
