namespace Roku.Events.Tests.Identifiers;

public sealed class NameTests
{
    private static readonly IdentifierHasher Hasher = IdentifierHasher.Default;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\u00A0\u3000")]
    public void Nothing_but_white_space_is_not_given(string? name)
    {
        Assert.Null(Hasher.HashFirstName(name));
        Assert.Null(Hasher.HashLastName(name));
    }

    [Theory]
    [InlineData("Anne-Marie", "anne-marie")]
    [InlineData("Mary Ann", "mary ann")]
    [InlineData("Mary  Ann", "mary  ann")]
    [InlineData("van der Berg, Jr.", "van der berg, jr.")]
    [InlineData("O’Neil", "o’neil")]
    [InlineData("ÅSA", "åsa")]
    [InlineData("Müller", "müller")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    [InlineData("ДМИТРИЙ", "дмитрий")]
    [InlineData("山田", "山田")]
    [InlineData("\u3000John\u2003", "john")]
    public void Punctuation_inner_spaces_and_diacritics_stay(string name, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), Hasher.HashFirstName(name).ToString());

    [Fact]
    public void Non_ascii_letters_are_not_dropped_as_from_a_city_elsewhere() =>
        Assert.NotEqual(Hasher.HashLastName("montral"), Hasher.HashLastName("Montréal"));

    [Fact]
    public void A_composed_and_a_decomposed_letter_hash_differently()
    {
        Assert.Equal(Sha256Hex.Of("jose\u0301"), Hasher.HashFirstName("JOSE\u0301").ToString());
        Assert.NotEqual(Hasher.HashFirstName("JOS\u00C9"), Hasher.HashFirstName("JOSE\u0301"));
    }

    [Theory]
    [InlineData("Jane\0")]
    [InlineData("Ja\u0007ne")]
    [InlineData("Jane\r\nDoe")]
    public void Garbage_is_an_error_that_does_not_repeat_it(string name)
    {
        var first = Assert.Throws<FormatException>(() => Hasher.HashFirstName(name));
        var last = Assert.Throws<FormatException>(() => Hasher.HashLastName(name));

        Assert.StartsWith("First name ", first.Message);
        Assert.StartsWith("Last name ", last.Message);
        Assert.DoesNotContain("Ja", first.Message, StringComparison.Ordinal);
    }

    // Not theory data: an attribute stores UTF-8, which has no half surrogates.
    [Fact]
    public void Half_a_surrogate_pair_is_an_error()
    {
        Assert.Throws<FormatException>(() => Hasher.HashFirstName("Jane\uD83D"));
        Assert.Throws<FormatException>(() => Hasher.HashLastName("\uDE00Jane"));
    }

    [Fact]
    public void Takes_1024_characters_and_no_more()
    {
        Assert.NotNull(Hasher.HashFirstName(new string('山', 1024)));
        Assert.Throws<FormatException>(() => Hasher.HashFirstName(new string('山', 1025)));
        Assert.Throws<FormatException>(() => Hasher.HashFirstName(new string('y', 1025)));
    }

    [Theory]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b.AQQAAQEA")]
    public void A_digest_is_never_hashed_twice(string digest)
    {
        Assert.Contains("HashedFirstName", Assert.Throws<FormatException>(() => Hasher.HashFirstName(digest)).Message, StringComparison.Ordinal);
        Assert.Contains("HashedLastName", Assert.Throws<FormatException>(() => Hasher.HashLastName(digest)).Message, StringComparison.Ordinal);
        Assert.Contains("HashedGender", Assert.Throws<FormatException>(() => Hasher.HashGender(digest)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void A_gender_of_nothing_but_white_space_is_not_given(string? gender) => Assert.Null(Hasher.HashGender(gender));

    [Theory]
    [InlineData("\uFEFFJane")]
    [InlineData("Ja\u200Bne")]
    [InlineData("Jane\u2060")]
    public void An_invisible_character_that_came_with_a_file_or_a_page_is_an_error(string name) =>
        Assert.Equal(
            "First name has a control character or an invisible one inside; take it out.",
            Assert.Throws<FormatException>(() => IdentifierHasher.Default.HashFirstName(name)).Message);
}
