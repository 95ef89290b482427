using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests.Events;

public sealed class EventIdTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void An_event_without_id_gets_a_uuid_of_version_7(string? id)
    {
        var made = Some.PurchaseToBe(id).Build().Id;

        Assert.True(Guid.TryParseExact(made, "D", out _));
        Assert.Equal('7', made[14]);
        Assert.Contains(made[19], "89ab");
        Assert.Equal(made.ToLowerInvariant(), made);
    }

    [Fact]
    public void Made_ids_begin_with_the_milliseconds_of_the_clock()
    {
        var id = Some.PurchaseToBe(null, new FakeTimeProvider(Some.Now)).Build().Id;

        Assert.StartsWith(Some.Now.ToUnixTimeMilliseconds().ToString("x12", null).Insert(8, "-"), id);
    }

    [Fact]
    public void Made_ids_are_in_the_order_of_time()
    {
        var clock = new FakeTimeProvider(Some.Now);
        var ids = new List<string>();
        for (var i = 0; i < 300; i++)
        {
            ids.Add(Some.PurchaseToBe(null, clock).Build().Id);
            clock.Advance(TimeSpan.FromMilliseconds(1 + (i * 37)));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Ids_made_in_the_same_millisecond_differ()
    {
        var clock = new FakeTimeProvider(Some.Now);

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Some.PurchaseToBe(null, clock).Build().Id).Distinct().Count());
    }

    [Fact]
    public void An_id_given_is_trimmed_and_sent() =>
        Assert.Equal("Ord-17", EventJson.Of(Some.PurchaseToBe(" Ord-17 ").Build())["event_id"]!.GetValue<string>());
}
