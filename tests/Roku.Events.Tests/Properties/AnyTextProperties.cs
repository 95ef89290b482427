using System.Text;
using System.Text.Json;
using CsCheck;

namespace Roku.Events.Tests.Properties;

public sealed class AnyTextProperties
{
    private static readonly IdentifierHasher[] Hashers =
    [
        IdentifierHasher.Default,
        new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true }),
        new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DefaultCallingCode = "1" }),
        new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DefaultCallingCode = "358" }),
    ];

    [Fact]
    public void Any_text_gives_a_hash_or_nothing_or_a_format_exception() =>
        Gen.Select(Texts.Any, Texts.Any).Sample(
            (text, format) =>
            {
                foreach (var hasher in Hashers)
                {
                    HashOrNothing(() => hasher.HashEmail(text));
                    HashOrNothing(() => hasher.HashPhone(text));
                }

                HashOrNothing(() => Hashers[0].HashFirstName(text));
                HashOrNothing(() => Hashers[0].HashLastName(text));
                HashOrNothing(() => Hashers[0].HashGender(text));
                HashOrNothing(() => Hashers[0].HashBirthDate(text));
                HashOrNothing(() => Hashers[0].HashBirthDate(text, format));
                HashOrNothing(() => Hashers[0].HashBirthDate(text, "yyyy" + format));
                HashOrNothing(() => IdentifierHash.Parse(text));
            },
            iter: 5000);

    [Fact]
    public void Any_phone_like_text_gives_a_hash_or_a_format_exception() =>
        Gen.String["0123456789+ ()x#,;.-/[]ext０１（）＋"].Sample(
            text =>
            {
                foreach (var hasher in Hashers)
                {
                    HashOrNothing(() => hasher.HashPhone(text));
                }
            },
            iter: 5000);

    [Fact]
    public void Any_text_anywhere_gives_an_event_or_a_validation_exception() =>
        Gen.Select(Texts.Any, Texts.Any).Sample(
            (text, other) =>
            {
                var builder = RokuEvent.Create(new EventName(text), Hashers[1]).From(new EventSource(text)).WithId(text).OnPage(text, other)
                    .WithUser(user => user
                        .Email(text).HashedEmail(other).Phone(text).HashedPhone(other).FirstName(text).HashedFirstName(other).LastName(text)
                        .HashedLastName(other).BirthDate(text, other).BirthDate(other).HashedBirthDate(other).Gender(text).HashedGender(other).IpAddress(text))
                    .WithCustomData(data => data.Value(1, text).ContentIds([text]).Product(text));

                Assert.Throws<RokuEventValidationException>(builder.Build);
            },
            iter: 3000);

    [Fact]
    public void Every_string_given_comes_back_from_the_json() =>
        Gen.Select(Texts.Valid, Texts.Valid).Sample(
            (text, name) =>
            {
                using var document = JsonDocument.Parse(EventSerializer.Serialize(Full(text, name)).ToArray());

                AssertHolds(document.RootElement, text, name);
            },
            iter: 2000);

    [Fact]
    public void Half_a_surrogate_pair_comes_back_as_a_replacement_character() =>
        Gen.Select(Texts.Any, Texts.Any).Sample(
            (text, name) =>
            {
                using var document = JsonDocument.Parse(EventSerializer.Serialize(Full(text, name)).ToArray());

                AssertHolds(document.RootElement, Repair(text), Repair(name));
            },
            iter: 2000);

    [Fact]
    public void Any_number_comes_back_from_the_json() =>
        Gen.Select(Gen.Decimal, Gen.Int[0, int.MaxValue]).Sample(
            (amount, count) =>
            {
                var built = Some.PurchaseToBe().WithCustomData(data => data.Value(amount, "USD").NumItems(count).Product("a", Math.Max(count, 1), amount).PredictedLtv(amount)).Build();

                var data = EventJson.Of(built)["custom_data"]!;
                Assert.Equal(amount, data["value"]!.GetValue<decimal>());
                Assert.Equal(amount, data["predicted_ltv"]!.GetValue<decimal>());
                Assert.Equal(amount, data["contents"]![0]!["item_price"]!.GetValue<decimal>());
                Assert.Equal(count, data["num_items"]!.GetValue<int>());
            },
            iter: 2000);

    private static RokuEvent Full(string text, string name) => Some.PurchaseToBe("id" + text + ".")
        .WithUser(user => user.City(text).UserAgent(text).RokuAdvertisingId(text))
        .WithCustomData(data => data
            .SearchString(text)
            .ContentIds(["a" + text])
            .Product("b" + text)
            .UndocumentedField("n" + name, "c" + text))
        .Build();

    private static void AssertHolds(JsonElement json, string text, string name)
    {
        var user = json.GetProperty("user_data");
        var data = json.GetProperty("custom_data");

        Assert.Equal("id" + text + ".", json.GetProperty("event_id").GetString());
        Assert.Equal(Given(text.Trim()), Text(user, "ct"));
        Assert.Equal(Given(text.Trim()), Text(user, "client_user_agent"));
        Assert.Equal(Given(text.Trim()), Text(user, "aRI"));
        Assert.Equal(Given(text), Text(data, "search_string"));
        Assert.Equal("a" + text, data.GetProperty("content_ids")[0].GetString());
        Assert.Equal("b" + text, data.GetProperty("contents")[0].GetProperty("id").GetString());
        Assert.Equal("c" + text, data.GetProperty("n" + name).GetString());
    }

    private static string? Given(string text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Repair(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static void HashOrNothing(Func<IdentifierHash?> hash)
    {
        try
        {
            Assert.NotEqual(default(IdentifierHash), hash());
        }
        catch (FormatException e)
        {
            Assert.EndsWith(".", e.Message);
        }
    }
}
