using System.Reflection;

namespace Roku.Events.Tests.Events;

public sealed class EventNameTests
{
    [Fact]
    public void The_known_names_are_those_of_the_guide_and_the_four_newer_ones()
    {
        string[] expected =
        [
            "AD_VIEW", "ADD_PAYMENT_INFO", "ADD_TO_CART", "ADD_TO_WISHLIST", "APP_INSTALL", "COMPLETE_REGISTRATION", "CONTACT",
            "CUSTOMIZE_PRODUCT", "DONATE", "DOWNLOAD", "FIND_LOCATION", "INITIATE_CHECKOUT", "LEAD", "PAGE_VIEW", "PURCHASE",
            "SCHEDULE", "SEARCH", "SIGN_UP", "START_TRIAL", "SUBMIT_APPLICATION", "SUBSCRIBE", "SUBSCRIPTION_CANCELLATION",
            "SUBSCRIPTION_RENEWAL", "UNLOCK_ACHIEVEMENT", "VIEW_CONTENT", "ACHIEVE_LEVEL", "FIRST_VIDEO_VIEW", "QSS", "SESSION_START",
        ];

        var known = Known().ToDictionary(name => name.Key, name => name.Value.Value);

        Assert.Equal(29, known.Count);
        Assert.Equal(expected.Order(StringComparer.Ordinal), known.Values.Order(StringComparer.Ordinal));
        Assert.All(known, name => Assert.Equal(name.Value.Replace("_", "", StringComparison.Ordinal), name.Key.ToUpperInvariant()));
    }

    [Fact]
    public void Every_known_name_is_accepted() =>
        Assert.All(Known().Values, name => Assert.Equal(name, EventWith(name).Build().Name));

    [Fact]
    public void A_name_that_roku_adds_later_is_sent_as_it_is() =>
        Assert.Equal("NEW_NAME_2", EventJson.Of(EventWith(new EventName("NEW_NAME_2")).Build())["event_name"]!.GetValue<string>());

    [Theory]
    [InlineData("purchase")]
    [InlineData("Purchase")]
    [InlineData("ADD TO CART")]
    [InlineData("ADD-TO-CART")]
    [InlineData("_PURCHASE")]
    [InlineData("1PURCHASE")]
    [InlineData("PURCHASE ")]
    [InlineData("ÄNDERUNG")]
    [InlineData("")]
    [InlineData(null)]
    public void Another_shape_is_refused(string? name)
    {
        var problem = Problems.OneOf(EventWith(new EventName(name!)));

        Assert.Equal("event_name", problem.Path);
        Assert.Equal($"'{name}' is not of capital letters, digits and underscores; write it as EventName has it, such as 'PURCHASE'", problem.Message);
    }

    [Fact]
    public void Names_are_equal_when_their_text_is_case_included()
    {
        var purchase = new EventName("PURCHASE");

        Assert.True(purchase == EventName.Purchase && purchase.Equals((object)EventName.Purchase) && purchase.GetHashCode() == EventName.Purchase.GetHashCode());
        Assert.True(purchase != new EventName("purchase") && !purchase.Equals("PURCHASE"));
        Assert.Equal(default, new EventName(null!));
        Assert.Equal("PURCHASE", purchase.ToString());
    }

    private static RokuEventBuilder EventWith(EventName name) =>
        RokuEvent.Create(name).From(EventSource.Website).At(Some.Now).WithUser(user => user.Email("jane@example.com"));

    private static Dictionary<string, EventName> Known() => typeof(EventName)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(property => property.Name, property => (EventName)property.GetValue(null)!);
}
