using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests.Events;

public sealed class EventTimeTests
{
    private static readonly long NowSeconds = Some.Now.ToUnixTimeSeconds();

    [Fact]
    public void An_event_without_time_happened_when_it_was_built()
    {
        var clock = new FakeTimeProvider(Some.Now);
        var builder = Some.PurchaseToBe(clock: clock);
        clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(Some.Now.AddSeconds(90), builder.Build().Time);
    }

    [Fact]
    public void A_time_is_sent_in_whole_seconds_of_utc()
    {
        var time = new DateTimeOffset(2026, 1, 15, 6, 59, 59, 999, TimeSpan.FromHours(-5));

        Assert.Equal(NowSeconds - 1, TimeOf(Some.PurchaseToBe().At(time)));
        Assert.Equal(NowSeconds - 1, TimeOf(Some.PurchaseToBe().At(NowSeconds - 1)));
    }

    [Fact]
    public void One_hour_ahead_is_accepted()
    {
        Assert.Equal(NowSeconds + 3600, TimeOf(Some.PurchaseToBe().At(NowSeconds + 3600)));
        Assert.Equal(NowSeconds + 3600, TimeOf(Some.PurchaseToBe().At(Some.Now.AddHours(1))));
    }

    [Theory]
    [InlineData(3601, 61)]
    [InlineData(18_000, 300)]
    public void More_than_one_hour_ahead_is_refused_in_minutes(int ahead, int minutes)
    {
        var problem = Problems.OneOf(Some.PurchaseToBe().At(NowSeconds + ahead));

        Assert.Equal("event_time", problem.Path);
        Assert.StartsWith($"{NowSeconds + ahead} lies {minutes} minutes in the future and Roku takes at most 60", problem.Message);
    }

    [Theory]
    [InlineData(1730017211000)]
    [InlineData(100_000_000_000)]
    public void Milliseconds_are_refused_with_the_seconds_they_mean(long milliseconds)
    {
        var problem = Problems.OneOf(Some.PurchaseToBe().At(milliseconds));

        Assert.Equal("event_time", problem.Path);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} looks like milliseconds; Roku takes seconds since 1970 ({milliseconds / 1000})"), problem.Message);
    }

    [Fact]
    public void A_time_that_was_never_set_is_refused()
    {
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(default(DateTimeOffset))).Path);
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(0)).Path);
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(-1)).Path);
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(long.MinValue)).Path);
    }

    [Fact]
    public void A_time_beyond_all_calendars_is_refused()
    {
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(DateTimeOffset.MaxValue)).Path);
        Assert.Equal("event_time", Problems.OneOf(Some.PurchaseToBe().At(long.MaxValue)).Path);
    }

    [Fact]
    public void The_past_is_accepted_however_old() =>
        Assert.Equal(1, TimeOf(Some.PurchaseToBe().At(1)));

    private static long TimeOf(RokuEventBuilder builder) => EventJson.Of(builder.Build())["event_time"]!.GetValue<long>();
}
