using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.Identifiers;

public sealed class PhoneNumbersTests
{
    [Theory]
    [InlineData("US", "(415) 555-0142", "abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135")]
    [InlineData("us", "1 415 555 0142 ext. 7", "abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135")]
    [InlineData("GB", "020 7946 0958", "f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d")]
    [InlineData("FR", "01 42 86 83 26", "cf36a794dad9c0305915cde631114cc02ed04b5d43ed8e749085dd35d07e105b")]
    [InlineData("US", "+33 (0)1 42 86 83 26", "cf36a794dad9c0305915cde631114cc02ed04b5d43ed8e749085dd35d07e105b")]
    [InlineData("GB", "+1 (616) 954-78 88", "0a36809ca24463df1133c40c2e2fa2b7f180038fe7d86bd1923a32a1a54dfe58")]
    public void National_numbers_of_a_region_are_hashed_in_their_international_form(string region, string phone, string sha256)
    {
        var hasher = new IdentifierHasher(new IdentifierOptions().UsePhoneNumbers(region));

        Assert.Equal(sha256, hasher.HashPhone(phone).ToString());
    }

    [Theory]
    [InlineData("1-800-FLOWERS")]
    [InlineData("12")]
    [InlineData("999 999 9999 9999")]
    [InlineData("not a number")]
    public void What_is_no_valid_number_is_an_error_that_does_not_repeat_it(string phone)
    {
        var hasher = new IdentifierHasher(new IdentifierOptions().UsePhoneNumbers("US"));

        var error = Assert.Throws<FormatException>(() => hasher.HashPhone(phone));

        Assert.Equal("Phone is not a valid phone number; give it with '+' and the country code, or leave it out.", error.Message);
    }

    [Fact]
    public async Task A_client_that_uses_it_hands_out_a_hasher_that_does()
    {
        var services = new ServiceCollection();
        services.AddRokuEvents().UseEmulator().UsePhoneNumbers("US");
        await using var provider = services.BuildServiceProvider();
        var hasher = provider.GetRequiredService<IdentifierHasher>();

        var call = RokuEvent.Create(EventName.Lead, hasher).From(EventSource.PhoneCall).WithUser(user => user.Phone("(415) 555-0142")).Build();
        await provider.GetRequiredService<IBatchDispatcher>().EnqueueAsync(call, TestContext.Current.CancellationToken);
        await provider.GetRequiredService<IBatchDispatcher>().FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(PhoneRule.E164, hasher.PhoneRule);
        Assert.Equal(1, provider.GetRequiredService<Emulator.RokuEmulator>().EventsAccepted);
    }

    [Fact]
    public void A_region_that_does_not_exist_is_an_error() =>
        Assert.Contains("'XX' is not a region", Assert.Throws<ArgumentException>(() => new IdentifierOptions().UsePhoneNumbers("XX")).Message);
}
