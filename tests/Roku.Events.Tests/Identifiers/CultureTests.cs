using System.Globalization;

namespace Roku.Events.Tests.Identifiers;

public sealed class CultureTests
{
    private static readonly IdentifierHasher Hasher = new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DefaultCallingCode = "44" });

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("az-Latn-AZ")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    [InlineData("th-TH")]
    public void The_culture_of_the_thread_never_matters(string culture)
    {
        Assert.SkipWhen(CultureInfo.GetCultures(CultureTypes.AllCultures).Length == 1, "globalization is invariant here");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);

            Assert.Equal(Sha256Hex.Of("iris@mail.io"), Hasher.HashEmail("IRIS@MAIL.IO").ToString());
            Assert.Equal(Sha256Hex.Of("öiris"), Hasher.HashFirstName("ÖIRIS").ToString());
            Assert.Equal(Sha256Hex.Of("male"), Hasher.HashGender("MALE").ToString());
            Assert.Equal(Sha256Hex.Of("1997-02-16"), Hasher.HashBirthDate(new DateOnly(1997, 2, 16)).ToString());
            Assert.Equal(Sha256Hex.Of("1997-02-16"), Hasher.HashBirthDate("2/16/1997", "M/d/yyyy").ToString());
            Assert.Equal(Sha256Hex.Of("+442079460958"), Hasher.HashPhone("020 7946 0958 INT 12").ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("IŞIK", "işik")]
    [InlineData("ışık", "ışık")]
    [InlineData("İRİS", "İrİs")]
    public void Turkish_letters_are_lower_cased_the_invariant_way(string name, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), Hasher.HashFirstName(name).ToString());
}
