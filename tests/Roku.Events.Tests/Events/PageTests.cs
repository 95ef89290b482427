namespace Roku.Events.Tests.Events;

public sealed class PageTests
{
    [Theory]
    [InlineData("https://shop.example/checkout/done")]
    [InlineData("http://shop.example:8080/?q=a%20b#top")]
    [InlineData("HTTPS://Shop.Example/Done")]
    [InlineData("https://bücher.example/ü")]
    [InlineData("myapp://orders/17")]
    [InlineData("android-app://com.example/https/shop.example")]
    public void An_absolute_address_is_sent_as_given(string url)
    {
        var json = EventJson.Of(Some.PurchaseToBe().OnPage($" {url} ", url).Build());

        Assert.Equal(url, json["event_source_url"]!.GetValue<string>());
        Assert.Equal(url, json["referrer_url"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/checkout/done")]
    [InlineData("checkout/done")]
    [InlineData("shop.example/done")]
    [InlineData("shop.example:8080/done")]
    [InlineData("localhost:5000/done")]
    [InlineData("//shop.example/done")]
    [InlineData("https://")]
    [InlineData("https://shop example/")]
    [InlineData("\\\\server\\share")]
    [InlineData("C:\\done")]
    [InlineData("mailto:jane@example.com")]
    [InlineData("javascript:alert(1)")]
    public void Anything_else_is_refused_without_repeating_it(string url)
    {
        var problems = Problems.Of(Some.PurchaseToBe().OnPage(url, url));

        Assert.Equal(["event_source_url", "referrer_url"], problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.Equal("is not an absolute address; write it with its scheme, such as https://shop.example/checkout", problem.Message));
    }
}
