using System.Reflection;

namespace Roku.Events.Tests.Events;

public sealed class EventSourceTests
{
    [Fact]
    public void The_known_sources_are_those_of_the_guide()
    {
        string[] expected = ["chat", "ctv_app", "email", "mobile_app", "other", "phone_call", "physical_store", "roku", "system-generated", "website"];

        Assert.Equal(expected, Known().Select(source => source.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_known_source_is_accepted() =>
        Assert.All(Known(), source => Assert.Equal(source, Some.PurchaseToBe().From(source).Build().Source));

    [Fact]
    public void A_source_that_roku_adds_later_is_sent_as_it_is() =>
        Assert.Equal("kiosk-2_b", EventJson.Of(Some.PurchaseToBe().From(new EventSource("kiosk-2_b")).Build())["event_source"]!.GetValue<string>());

    [Theory]
    [InlineData("Website")]
    [InlineData("web site")]
    [InlineData("-web")]
    [InlineData("2web")]
    [InlineData("wëb")]
    public void Another_shape_is_refused(string source)
    {
        var problem = Problems.OneOf(Some.PurchaseToBe().From(new EventSource(source)));

        Assert.Equal("event_source", problem.Path);
        Assert.Equal($"'{source}' is not of lower-case letters, digits, underscores and hyphens; write it as EventSource has it, such as 'website'", problem.Message);
    }

    [Fact]
    public void An_event_needs_a_source()
    {
        var problem = Problems.OneOf(Some.PurchaseToBe().From(default));

        Assert.Equal("event_source", problem.Path);
        Assert.StartsWith("is missing", problem.Message);
    }

    [Fact]
    public void Sources_are_equal_when_their_text_is_case_included()
    {
        var website = new EventSource("website");

        Assert.True(website == EventSource.Website && website.Equals((object)EventSource.Website) && website.GetHashCode() == EventSource.Website.GetHashCode());
        Assert.True(website != new EventSource("Website") && !website.Equals("website"));
        Assert.Equal(default, new EventSource(null!));
        Assert.Equal("website", website.ToString());
    }

    private static IEnumerable<EventSource> Known() => typeof(EventSource)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Select(property => (EventSource)property.GetValue(null)!);
}
