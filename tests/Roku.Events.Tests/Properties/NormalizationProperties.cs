using System.Globalization;
using CsCheck;

namespace Roku.Events.Tests.Properties;

public sealed class NormalizationProperties
{
    private const int Iterations = 2000;

    private static readonly IdentifierHasher Guide = IdentifierHasher.Default;
    private static readonly IdentifierHasher E164 = new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true });
    private static readonly IdentifierHasher British = new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DefaultCallingCode = "44" });

    private static readonly Gen<string> LocalPart = Gen.String["abcdefghijklmnopqrstuvwxyz0123456789._'éüß"].Where(text => text.Length is > 0 and < 60);
    private static readonly Gen<bool[]> Cases = Gen.Bool.Array[130];
    // No opening bracket: a zero in brackets is a trunk zero.
    private static readonly Gen<string> Separator = Gen.OneOf("", " ", "-", ".", "/", ") ", "[", "\u00A0", "\u2011", "\u202A", "\u200E", "\u2212", "\uFF0E");
    private static readonly Gen<int> ZeroDigit = Gen.OneOf('0', '\u0660', '\u06F0', '\u0966', '\uFF10').Select(zero => (int)zero);

    [Fact]
    public void An_email_hashes_alike_in_any_case_and_white_space() =>
        Gen.Select(LocalPart, LocalPart, Cases, Texts.WhiteSpace, Texts.WhiteSpace).Sample(
            (local, domain, cases, before, after) =>
            {
                var plain = $"{local}@{domain}.example";
                var written = before + Recase(plain, cases) + after;

                Assert.Equal(Sha256Hex.Of(plain), Guide.HashEmail(written).ToString());
                Assert.Equal(Guide.HashEmail(plain), E164.HashEmail(written));
            },
            iter: Iterations);

    [Fact]
    public void An_email_hashes_alike_with_any_alias_where_aliases_are_dropped() =>
        Gen.Select(LocalPart, LocalPart, LocalPart).Sample(
            (local, alias, domain) => Assert.Equal(E164.HashEmail($"{local}@{domain}"), E164.HashEmail($"{local}+{alias}@{domain}")),
            iter: Iterations);

    [Fact]
    public void A_phone_hashes_alike_with_any_separators_and_digits_of_any_script() =>
        Gen.Select(Gen.Char['2', '9'], Gen.String[Gen.Char['0', '9'], 6, 14], Separator.Array[17], ZeroDigit, Texts.WhiteSpace).Sample(
            (first, rest, separators, zero, space) =>
            {
                var digits = first + rest;
                var written = space + "+" + string.Concat(digits.Select((digit, i) => (char)(zero + digit - '0') + separators[i])) + space;

                Assert.Equal(Sha256Hex.Of(digits), Guide.HashPhone(written).ToString());
                Assert.Equal(Sha256Hex.Of("+" + digits), E164.HashPhone(written).ToString());
            },
            iter: Iterations);

    [Fact]
    public void A_phone_hashes_alike_in_national_and_international_form() =>
        Gen.Select(Gen.Char['1', '9'], Gen.String[Gen.Char['0', '9'], 6, 11], Gen.OneOf("+44", "0044", "+44 (0)", "0044(0)", "0", "(0)", "")).Sample(
            (first, rest, prefix) => Assert.Equal(Sha256Hex.Of("+44" + first + rest), British.HashPhone(prefix + first + rest).ToString()),
            iter: Iterations);

    [Fact]
    public void A_phone_in_its_normal_form_is_normal_already() =>
        Gen.String[Gen.Char['0', '9'], 1, 15].Sample(
            text =>
            {
                var digits = text.TrimStart('0');
                if (digits.Length > 0)
                {
                    Assert.Equal(Guide.HashPhone(digits), Guide.HashPhone("00" + text));
                }
            },
            iter: Iterations);

    [Fact]
    public void A_name_hashes_alike_in_any_case_and_white_space() =>
        Gen.Select(LocalPart, Cases, Texts.WhiteSpace, Texts.WhiteSpace).Where((name, _, _, _) => name.Length < 32).Sample(
            (name, cases, before, after) =>
            {
                Assert.Equal(Sha256Hex.Of(name), Guide.HashFirstName(before + Recase(name, cases) + after).ToString());
                Assert.Equal(Sha256Hex.Of(name), Guide.HashLastName(before + Recase(name, cases) + after).ToString());
            },
            iter: Iterations);

    [Fact]
    public void A_birth_date_hashes_alike_as_date_and_as_text() =>
        Gen.Int[0, 73_000].Sample(
            days =>
            {
                var date = new DateOnly(1900, 1, 1).AddDays(days);

                Assert.Equal(Sha256Hex.Of(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), Guide.HashBirthDate(date).ToString());
                Assert.Equal(Guide.HashBirthDate(date), Guide.HashBirthDate(date.ToString("M/d/yyyy", CultureInfo.InvariantCulture), "M/d/yyyy"));
            },
            iter: Iterations);

    [Fact]
    public void A_hash_survives_its_text_in_either_case() =>
        Gen.Byte.Array[32].Sample(
            bytes =>
            {
                var hex = Convert.ToHexString(bytes);

                Assert.Equal(hex.ToLowerInvariant(), IdentifierHash.Parse(hex).ToString());
                Assert.Equal(IdentifierHash.Parse(hex), IdentifierHash.Parse(hex.ToLowerInvariant()));
            },
            iter: Iterations);

    private static string Recase(string text, bool[] upper) =>
        string.Concat(text.Select((c, i) => upper[i % upper.Length] && char.ToLowerInvariant(char.ToUpperInvariant(c)) == c ? char.ToUpperInvariant(c) : c));
}
