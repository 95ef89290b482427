namespace Roku.Events.Tests.Identifiers;

public sealed class PhoneTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\u00A0\u3000")]
    public void Nothing_but_white_space_is_not_given(string? phone)
    {
        Assert.Null(Digits().HashPhone(phone));
        Assert.Null(E164("44").HashPhone(phone));
    }

    [Theory]
    [InlineData("+1 (415) 555-0142", "14155550142")]
    [InlineData("0044 20 7946 0958", "442079460958")]
    [InlineData("020 7946 0958", "2079460958")]
    [InlineData("000123", "123")]
    [InlineData("+33 (0)1 42 86 83 26", "33142868326")]
    [InlineData("33 (0)1 42 86 83 26", "33142868326")]
    [InlineData("+39 (0)6 1234 5678", "390612345678")]
    [InlineData("415.555.0142 ext. 9", "4155550142")]
    public void Digits_only_keeps_digits_and_drops_leading_zeros(string phone, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), Digits().HashPhone(phone).ToString());

    [Theory]
    [InlineData("+001 616 954 7888", "+16169547888", "16169547888")]
    [InlineData("001 616 954 7888", "+16169547888", "16169547888")]
    public void Zeros_behind_the_plus_are_dropped_by_both_rules(string phone, string e164, string digits)
    {
        Assert.Equal(Sha256Hex.Of(e164), E164().HashPhone(phone).ToString());
        Assert.Equal(Sha256Hex.Of(digits), Digits().HashPhone(phone).ToString());
    }

    [Theory]
    [InlineData("510 555 0011")]
    [InlineData("(510) 555-0011")]
    [InlineData("510.555.0011")]
    public void Separators_never_stay_in_a_national_number(string phone) =>
        Assert.Equal(Sha256Hex.Of("5105550011"), Digits().HashPhone(phone).ToString());

    [Fact]
    public void The_plus_does_not_cost_a_number_of_15_digits_its_last()
    {
        Assert.Equal(Sha256Hex.Of("+234567890123456"), E164().HashPhone("+234567890123456").ToString());
        Assert.Equal(Sha256Hex.Of("+491234567890123"), E164("49").HashPhone("01234567890123").ToString());
    }

    [Theory]
    [InlineData("09876543210")]
    [InlineData("+09876543210")]
    [InlineData("4155550142")]
    [InlineData("14155550142")]
    public void A_national_number_never_becomes_e164_without_a_country(string phone) =>
        Assert.Throws<FormatException>(() => E164().HashPhone(phone));

    [Fact]
    public void A_national_number_without_a_country_says_how_to_give_one() =>
        Assert.Contains("DefaultCallingCode", Assert.Throws<FormatException>(() => E164().HashPhone("020 7946 0958")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("+1 650 555 1212 x450")]
    [InlineData("+1 650 555 1212x450")]
    [InlineData("+1 650 555 1212 X 450")]
    [InlineData("+1 650 555 1212 ext 450")]
    [InlineData("+1 650 555 1212 Ext. 450")]
    [InlineData("+1 650 555 1212, ext.: 450")]
    [InlineData("+1 650 555 1212 extn 450")]
    [InlineData("+1 650 555 1212 extension 450")]
    [InlineData("+1 650 555 1212;ext=450")]
    [InlineData("+1 650 555 1212 #450")]
    [InlineData("+1 650 555 1212,,450#")]
    [InlineData("+1 650 555 1212 poste 450")]
    [InlineData("+1 650 555 1212 anexo 450")]
    [InlineData("+1 650 555 1212 int 450")]
    [InlineData("+1 650 555 1212 x")]
    [InlineData("+1 650 555 1212,")]
    public void An_extension_is_cut_off_by_both_rules(string phone)
    {
        Assert.Equal(Sha256Hex.Of("+16505551212"), E164().HashPhone(phone).ToString());
        Assert.Equal(Sha256Hex.Of("16505551212"), Digits().HashPhone(phone).ToString());
    }

    [Theory]
    [InlineData("4,155,550,142")]
    [InlineData("415,555,0142")]
    [InlineData("+1 415 #555 0142")]
    [InlineData("415-555-0142, 415-555-0199")]
    [InlineData("415-555-0142; 415-555-0199")]
    [InlineData("415-555-0142 / 415-555-0199")]
    [InlineData("1 x 23")]
    [InlineData("x450")]
    [InlineData("415 555 0142 mobile")]
    [InlineData("415 555 0142 x45-0")]
    [InlineData("tel:+14155550142")]
    public void Part_of_a_field_is_never_taken_for_the_number(string phone)
    {
        Assert.Throws<FormatException>(() => Digits().HashPhone(phone));
        Assert.Throws<FormatException>(() => E164("1").HashPhone(phone));
    }

    [Theory]
    [InlineData("1-800-FLOWERS")]
    [InlineData("+1 800 FLOWERS")]
    [InlineData("1-800-MATTRES x")]
    public void Vanity_letters_are_an_error_by_both_rules(string phone)
    {
        Assert.Throws<FormatException>(() => Digits().HashPhone(phone));
        Assert.Throws<FormatException>(() => E164("1").HashPhone(phone));
    }

    [Theory]
    [InlineData("+33 (0)1 42 86 83 26", "+33142868326")]
    [InlineData("+33(0)142868326", "+33142868326")]
    [InlineData("+33 ( 0 ) 1 42 86 83 26", "+33142868326")]
    [InlineData("+33 （０）1 42 86 83 26", "+33142868326")]
    [InlineData("0033 (0)1 42 86 83 26", "+33142868326")]
    [InlineData("33 (0)1 42 86 83 26", "+33142868326")]
    [InlineData("(+33) 1 42 86 83 26", "+33142868326")]
    [InlineData("+39 06 1234 5678", "+390612345678")]
    [InlineData("+39 (0)6 1234 5678", "+390612345678")]
    [InlineData("+439 (0)1 234 567", "+4391234567")]
    public void A_bracketed_trunk_zero_is_dropped_but_italys_zero_stays(string phone, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), E164().HashPhone(phone).ToString());

    [Theory]
    [InlineData("020 7946 0958", "44", "+442079460958")]
    [InlineData("(0)20 7946 0958", "44", "+442079460958")]
    [InlineData("20 7946 0958", "44", "+442079460958")]
    [InlineData("06 1234 5678", "39", "+390612345678")]
    [InlineData("0044 20 7946 0958", "1", "+442079460958")]
    [InlineData("011 44 20 7946 0958", "1", "+442079460958")]
    [InlineData("0114 496 0123", "44", "+441144960123")]
    [InlineData("+442079460958", "1", "+442079460958")]
    [InlineData("1 (415) 555-0142", "1", "+14155550142")]
    [InlineData("(415) 555-0142", "1", "+14155550142")]
    public void A_default_calling_code_completes_national_numbers_only(string phone, string callingCode, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), E164(callingCode).HashPhone(phone).ToString());

    [Theory]
    [InlineData("+１ （４１５） ５５５－０１４２")]
    [InlineData("＋１４１５５５５０１４２")]
    [InlineData("+١٤١٥٥٥٥٠١٤٢")]
    [InlineData("+۱۴۱۵۵۵۵۰۱۴۲")]
    [InlineData("\u202A+1 415 555 0142\u202C")]
    [InlineData("\u202A+1\u202B415\u202C5550142")]
    [InlineData("+1\u00A0415\u2009555\u20110142")]
    [InlineData("+1 415–555—0142")]
    [InlineData("+1 415\u2212555\u22120142")]
    [InlineData("+1 415ー555ー0142")]
    [InlineData("+1 [415] 555/0142")]
    [InlineData("\uFEFF+14155550142")]
    [InlineData("+1.415.555.0142")]
    public void Digits_and_separators_of_any_script_are_read(string phone)
    {
        Assert.Equal(Sha256Hex.Of("+14155550142"), E164().HashPhone(phone).ToString());
        Assert.Equal(Sha256Hex.Of("14155550142"), Digits().HashPhone(phone).ToString());
    }

    [Theory]
    [InlineData("+234567890123456", true)]
    [InlineData("+2345678901234567", false)]
    [InlineData("+2345678", true)]
    [InlineData("+234567", false)]
    public void E164_takes_7_to_15_digits(string phone, bool valid)
    {
        var exception = Record.Exception(() => E164().HashPhone(phone));

        Assert.Equal(valid, exception is null);
    }

    [Fact]
    public void Digits_only_takes_at_most_15_digits_leading_zeros_not_counted()
    {
        Assert.NotNull(Digits().HashPhone("000234567890123456"));
        Assert.Throws<FormatException>(() => Digits().HashPhone("2345678901234567"));
        Assert.Throws<FormatException>(() => Digits().HashPhone(new string('1', 31)));
        Assert.Throws<FormatException>(() => Digits().HashPhone(string.Join(' ', Enumerable.Repeat('2', 100))));
    }

    [Fact]
    public void A_number_too_long_with_the_default_calling_code_is_an_error() =>
        Assert.Throws<FormatException>(() => E164("44").HashPhone("12345678901234"));

    [Theory]
    [InlineData("+1415555014")]
    [InlineData("+141555501422")]
    [InlineData("555-0142")]
    public void Country_code_1_needs_the_ten_digits_of_north_america(string phone) =>
        Assert.Throws<FormatException>(() => E164("1").HashPhone(phone));

    [Theory]
    [InlineData("0")]
    [InlineData("00")]
    [InlineData("000000000000")]
    [InlineData("+0000000")]
    [InlineData("(0)")]
    public void Only_zeros_are_an_error(string phone)
    {
        Assert.Throws<FormatException>(() => Digits().HashPhone(phone));
        Assert.Throws<FormatException>(() => E164().HashPhone(phone));
        Assert.Throws<FormatException>(() => E164("44").HashPhone(phone));
    }

    [Theory]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("()")]
    [InlineData("n/a")]
    [InlineData("unknown")]
    [InlineData("++14155550142")]
    [InlineData("1+4155550142")]
    [InlineData("415*555*0142")]
    [InlineData("jane@example.com")]
    [InlineData("415²5550142")]
    [InlineData("\U0001D7CF4155550142")]
    public void Garbage_is_an_error_that_does_not_repeat_it(string phone)
    {
        var exception = Assert.Throws<FormatException>(() => Digits().HashPhone(phone));

        Assert.StartsWith("Phone ", exception.Message);
        Assert.DoesNotContain("415", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b.AQQAAQEA")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void A_digest_is_never_read_as_a_phone(string digest)
    {
        var asked = false;
        var options = new IdentifierOptions();
        options.UsePhoneParser(_ =>
        {
            asked = true;
            return "+14155550142";
        });

        Assert.Contains("HashedPhone", Assert.Throws<FormatException>(() => Digits().HashPhone(digest)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new IdentifierHasher(options).HashPhone(digest));
        Assert.False(asked);
    }

    [Fact]
    public void An_absurdly_long_text_is_an_error() =>
        Assert.Contains("1,024", Assert.Throws<FormatException>(() => Digits().HashPhone(new string('-', 1_000_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_parser_of_the_host_replaces_ours()
    {
        var options = new IdentifierOptions();
        options.UsePhoneParser(phone => phone == "the usual" ? "+442079460958" : null);
        var hasher = new IdentifierHasher(options);

        Assert.Equal(PhoneRule.E164, hasher.PhoneRule);
        Assert.Equal(Sha256Hex.Of("+442079460958"), hasher.HashPhone(" the usual ").ToString());
        Assert.Null(hasher.HashPhone(" "));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("442079460958")]
    [InlineData("+")]
    [InlineData("+123456")]
    [InlineData("+2345678901234567")]
    [InlineData("+0442079460958")]
    [InlineData("+44 2079460958")]
    [InlineData("+1415555014")]
    public void What_a_parser_returns_is_checked(string? parsed)
    {
        var options = new IdentifierOptions();
        options.UsePhoneParser(_ => parsed);

        Assert.Throws<FormatException>(() => new IdentifierHasher(options).HashPhone("020 7946 0958"));
    }

    [Theory]
    [InlineData("+44")]
    [InlineData("0")]
    [InlineData("044")]
    [InlineData("4444")]
    [InlineData("GB")]
    [InlineData("٤٤")]
    public void A_default_calling_code_is_1_to_3_digits(string code)
    {
        var exception = Assert.Throws<ArgumentException>(() => E164(code));

        Assert.Contains($"'{code}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_empty_default_calling_code_is_none(string? code) =>
        Assert.Throws<FormatException>(() => E164(code).HashPhone("020 7946 0958"));

    [Fact]
    public void Options_and_a_parser_are_needed()
    {
        Assert.Throws<ArgumentNullException>(() => new IdentifierHasher(null!));
        Assert.Throws<ArgumentNullException>(() => new IdentifierOptions().UsePhoneParser(null!));
    }

    private static IdentifierHasher Digits() => IdentifierHasher.Default;

    private static IdentifierHasher E164(string? callingCode = null) =>
        new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DefaultCallingCode = callingCode });
}
