using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests.Events;

public sealed class MatchKeyTests
{
    public static TheoryData<Action<UserDataBuilder>> MatchKeys => new(
        user => user.Email("jane@example.com"),
        user => user.HashedEmail(Some.Digest),
        user => user.Phone("+14155550142"),
        user => user.HashedPhone(Some.Digest),
        user => user.IpAddress("203.0.113.7"),
        user => user.RokuAdvertisingId("1"),
        user => user.GoogleAdvertisingId("1"),
        user => user.AppleAdvertisingId("1"),
        user => user.AppleVendorId("1"),
        user => user.DeviceIdDx("1"));

    [Theory]
    [MemberData(nameof(MatchKeys))]
    public void One_identifier_that_roku_matches_by_is_enough(Action<UserDataBuilder> user) =>
        Assert.NotNull(Nobody().WithUser(user).Build());

    [Fact]
    public void An_event_about_nobody_is_refused()
    {
        Assert.Equal("user_data", Problems.OneOf(Nobody()).Path);
        Assert.Equal("user_data", Problems.OneOf(Nobody().WithUser(_ => { })).Path);
        Assert.Equal("user_data", Problems.OneOf(Nobody().WithUser(user => user.Email(null).Phone(""))).Path);
    }

    [Fact]
    public void Names_places_dates_and_cookies_match_nobody()
    {
        var problem = Problems.OneOf(Nobody().WithUser(user => user
            .FirstName("Jane").LastName("Doe").BirthDate("1997-02-16").Gender("f").City("Rome").Country("IT").PostalCode("00100")
            .UserAgent("Mozilla").ExternalId("1").PixelCookie("1").GaClientId("1")));

        Assert.Equal("user_data", problem.Path);
        Assert.StartsWith("has no identifier to match by; give at least one of", problem.Message);
    }

    [Fact]
    public void An_identifier_to_mend_is_not_asked_for_twice()
    {
        Assert.Equal("user_data.em", Problems.OneOf(Nobody().WithUser(user => user.Email("jane"))).Path);
        Assert.Equal("user_data.ph", Problems.OneOf(Nobody().WithUser(user => user.Phone("n/a"))).Path);
        Assert.Equal("user_data.client_ip_address", Problems.OneOf(Nobody().WithUser(user => user.IpAddress("1"))).Path);
    }

    [Fact]
    public void A_bad_birth_date_does_not_hide_that_there_is_nothing_to_match_by() =>
        Assert.Equal(["user_data.db", "user_data"], Problems.Of(Nobody().WithUser(user => user.BirthDate("16.2.1997"))).Select(problem => problem.Path));

    private static RokuEventBuilder Nobody() =>
        RokuEvent.Create(EventName.Purchase, timeProvider: new FakeTimeProvider(Some.Now)).From(EventSource.Website);
}
