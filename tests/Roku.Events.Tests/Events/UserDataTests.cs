using System.Net;

namespace Roku.Events.Tests.Events;

public sealed class UserDataTests
{
    public static TheoryData<string, Action<UserDataBuilder, string?>> HashedIdentifiers => new()
    {
        { "em", (user, value) => user.HashedEmail(value) },
        { "ph", (user, value) => user.HashedPhone(value) },
        { "fn", (user, value) => user.HashedFirstName(value) },
        { "ln", (user, value) => user.HashedLastName(value) },
        { "db", (user, value) => user.HashedBirthDate(value) },
        { "ge", (user, value) => user.HashedGender(value) },
    };

    public static TheoryData<string, Action<UserDataBuilder, string?>> PlainIdentifiers => new()
    {
        { "em", (user, value) => user.Email(value) },
        { "ph", (user, value) => user.Phone(value) },
        { "fn", (user, value) => user.FirstName(value) },
        { "ln", (user, value) => user.LastName(value) },
        { "db", (user, value) => user.BirthDate(value) },
        { "ge", (user, value) => user.Gender(value) },
    };

    [Theory]
    [MemberData(nameof(HashedIdentifiers))]
    public void A_hash_is_taken_as_it_is_in_lower_case(string name, Action<UserDataBuilder, string?> give) =>
        Assert.Equal(Some.Digest, EventJson.UserData(user => give(user, $" {Some.Digest.ToUpperInvariant()} "), name)!.GetValue<string>());

    [Theory]
    [MemberData(nameof(HashedIdentifiers))]
    public void A_plain_value_given_as_a_hash_is_refused_without_repeating_it(string name, Action<UserDataBuilder, string?> give)
    {
        var problem = Problems.OneInUser(user => give(user, "jane@example.com"));

        Assert.Equal("user_data." + name, problem.Path);
        Assert.StartsWith("must be a SHA-256 of 64 hexadecimal characters", problem.Message);
        Assert.DoesNotContain("jane", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void The_hash_of_nothing_is_refused(string digest) =>
        Assert.StartsWith("is the SHA-256 of an empty value", Problems.OneInUser(user => user.HashedEmail(digest)).Message);

    [Theory]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b.AQQAAQEA")]
    [InlineData("lz3+Rj7IV4X1+Vr1ujkG7tstkxwk5pgkqJ6mXbpOgTs=")]
    public void A_hash_of_another_form_is_refused(string hash) =>
        Assert.Equal("user_data.em", Problems.OneInUser(user => user.HashedEmail(hash)).Path);

    [Theory]
    [MemberData(nameof(PlainIdentifiers))]
    public void A_hash_given_as_plain_is_refused(string name, Action<UserDataBuilder, string?> give) =>
        Assert.Equal("user_data." + name, Problems.OneInUser(user => give(user, Some.Digest)).Path);

    [Theory]
    [MemberData(nameof(PlainIdentifiers))]
    public void What_is_not_known_never_takes_back_the_hash_beside_it(string name, Action<UserDataBuilder, string?> give) =>
        Assert.Equal(Some.Digest, EventJson.UserData(
            user =>
            {
                user.HashedEmail(Some.Digest).HashedPhone(Some.Digest).HashedFirstName(Some.Digest).HashedLastName(Some.Digest).HashedBirthDate(Some.Digest).HashedGender(Some.Digest);
                give(user, null);
            },
            name)!.GetValue<string>());

    [Fact]
    public void What_is_said_last_holds() =>
        Assert.Equal("Rome", EventJson.UserData(user => user.City("Paris").City(" Rome ").City(null), "ct")!.GetValue<string>());

    [Fact]
    public void The_rules_of_the_hasher_given_are_used()
    {
        var hasher = new IdentifierHasher(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true, DefaultCallingCode = "44" });
        var purchase = RokuEvent.Create(EventName.Purchase, hasher).From(EventSource.Website).At(Some.Now)
            .WithUser(user => user.Email("jane+shop@example.com").Phone("020 7946 0958")).Build();

        var json = EventJson.Of(purchase)["user_data"]!;
        Assert.Equal(Sha256Hex.Of("jane@example.com"), json["em"]!.GetValue<string>());
        Assert.Equal(Sha256Hex.Of("+442079460958"), json["ph"]!.GetValue<string>());
        Assert.Same(hasher, purchase.EmailHasher);
        Assert.Same(hasher, purchase.PhoneHasher);
    }

    [Fact]
    public void An_event_of_hashes_alone_follows_no_rule_of_ours()
    {
        var purchase = Some.PurchaseToBe()
            .WithUser(user => user.Email("jane@example.com").HashedEmail(Some.Digest).Phone("+14155550142").HashedPhone(Some.Digest).Phone(null))
            .Build();

        Assert.Null(purchase.EmailHasher);
        Assert.Null(purchase.PhoneHasher);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData(" 203.0.113.7 ", "203.0.113.7")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:cb00:7107", "203.0.113.7")]
    [InlineData("fe80::1%3", "fe80::1")]
    public void An_ip_address_is_sent_in_its_shortest_form(string given, string sent)
    {
        Assert.Equal(sent, EventJson.UserData(user => user.IpAddress(given), "client_ip_address")!.GetValue<string>());
        Assert.Equal(sent, EventJson.UserData(user => user.IpAddress(IPAddress.Parse(given.Trim())), "client_ip_address")!.GetValue<string>());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("010.0.0.1")]
    [InlineData("203.0.113.256")]
    [InlineData("203.0.113.7:443")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("2001:db8::1/64")]
    [InlineData("203.0.113.7, 198.51.100.1")]
    [InlineData("localhost")]
    [InlineData("unknown")]
    public void Anything_else_is_no_ip_address_and_is_not_repeated(string given)
    {
        var problem = Problems.OneInUser(user => user.IpAddress(given));

        Assert.Equal("user_data.client_ip_address", problem.Path);
        Assert.Equal("is not an IPv4 or IPv6 address; give the address alone, without port or brackets", problem.Message);
    }

    [Fact]
    public void An_ip_address_not_known_never_takes_back_the_one_given()
    {
        Assert.NotNull(EventJson.UserData(user => user.IpAddress(IPAddress.Loopback).IpAddress((string?)null), "client_ip_address"));
        Assert.NotNull(EventJson.UserData(user => user.IpAddress("203.0.113.7").IpAddress((IPAddress?)null), "client_ip_address"));
    }
}
