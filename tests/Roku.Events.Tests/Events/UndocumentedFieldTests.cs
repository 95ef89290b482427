using System.Text.Json.Nodes;

namespace Roku.Events.Tests.Events;

public sealed class UndocumentedFieldTests
{
    [Theory]
    [InlineData("\"gold\"")]
    [InlineData("\"\"")]
    [InlineData("1.50")]
    [InlineData("-3")]
    [InlineData("123456789012345678901234567890.5")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("[]")]
    [InlineData("[\"a\",1,true]")]
    public void A_string_number_boolean_or_array_of_these_is_sent_as_it_is(string json) =>
        Assert.Equal(json, EventJson.CustomData(data => data.UndocumentedField("loyalty", JsonNode.Parse(json)!), "loyalty")!.ToJsonString());

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    [InlineData("[null]")]
    [InlineData("[[1]]")]
    [InlineData("[{}]")]
    public void Anything_else_is_refused(string json)
    {
        var problem = Problems.OneInCustomData(data => data.UndocumentedField("loyalty", JsonNode.Parse(json)!));

        Assert.Equal("custom_data.loyalty", problem.Path);
        Assert.Equal("is no string, number or boolean, nor an array of these; give one of them", problem.Message);
    }

    [Fact]
    public void A_value_that_hides_an_object_is_refused()
    {
        var hidden = JsonValue.Create(new Dictionary<string, int> { ["a"] = 1 })!;

        Assert.Equal("custom_data.loyalty", Problems.OneInCustomData(data => data.UndocumentedField("loyalty", hidden)).Path);
        Assert.Equal("custom_data.loyalty", Problems.OneInCustomData(data => data.UndocumentedField("loyalty", new JsonArray(JsonValue.Create(new Dictionary<string, int>())))).Path);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_number_without_json_is_refused(double number) =>
        Assert.Equal("custom_data.loyalty", Problems.OneInCustomData(data => data.UndocumentedField("loyalty", JsonValue.Create(number))).Path);

    [Theory]
    [InlineData("value")]
    [InlineData("currency")]
    [InlineData("contents")]
    [InlineData("utm_source")]
    public void A_documented_name_is_refused(string name)
    {
        var problem = Problems.OneInCustomData(data => data.UndocumentedField(name, 1));

        Assert.Equal(("custom_data." + name, "is a documented field; use the method of that name"), (problem.Path, problem.Message));
    }

    [Fact]
    public void Every_name_that_custom_data_has_is_documented()
    {
        var full = Some.PurchaseToBe().WithCustomData(data => data
            .Value(1, "USD").OrderId("1").NumItems(1).ContentCategory("c").ContentName("n").ContentIds(["1"]).ContentType(ContentType.Product)
            .Product("1").PredictedLtv(1).SearchString("s").Status("s").PurchaseType(PurchaseType.Repeat).DeliveryCategory(DeliveryCategory.InStore)
            .UtmSource("s").UtmMedium("m").UtmCampaign("c").UtmTerm("t").UtmContent("c")).Build();

        Assert.All(EventJson.Of(full)["custom_data"]!.AsObject(), field => Assert.True(CustomData.IsKnown(field.Key), field.Key));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void A_name_is_needed(string? name) =>
        Assert.ThrowsAny<ArgumentException>(() => Some.PurchaseToBe().WithCustomData(data => data.UndocumentedField(name!, 1)));

    [Fact]
    public void A_name_is_escaped() =>
        Assert.Equal(1, EventJson.CustomData(data => data.UndocumentedField("a\"\\\n:ü😀", 1), "a\"\\\n:ü😀")!.GetValue<int>());

    [Fact]
    public void The_value_is_copied()
    {
        var array = new JsonArray(1);
        var builder = Some.PurchaseToBe().WithCustomData(data => data.UndocumentedField("loyalty", array));
        array.Add(2);

        Assert.Equal("[1]", EventJson.Of(builder.Build())["custom_data"]!["loyalty"]!.ToJsonString());
    }

    [Fact]
    public void A_name_given_twice_is_sent_once_with_the_last_value()
    {
        var json = EventJson.Text(Some.PurchaseToBe().WithCustomData(data => data.UndocumentedField("a", 1).UndocumentedField("b", 2).UndocumentedField("a", 3)).Build());

        Assert.EndsWith("""{"b":2,"a":3}}""", json);
    }
}
