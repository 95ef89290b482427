namespace Roku.Events.Tests.Identifiers;

public sealed class EmailTests
{
    private static readonly IdentifierHasher Guide = IdentifierHasher.Default;
    private static readonly IdentifierHasher WithoutAlias = new(new IdentifierOptions { DropEmailAlias = true });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \t\r\n\u00A0\u2003\u3000 ")]
    public void Nothing_but_white_space_is_not_given(string? email) => Assert.Null(Guide.HashEmail(email));

    [Theory]
    [InlineData("Jane@Example.COM", "jane@example.com")]
    [InlineData("\u00A0\u3000jane@example.com\u2028\u0085\u2003", "jane@example.com")]
    [InlineData("JÖRG@BÜCHER.EXAMPLE", "jörg@bücher.example")]
    [InlineData("jane@localhost", "jane@localhost")]
    [InlineData("\"jane doe\"@example.com", null)]
    [InlineData("o'brien/home=x@example.com", "o'brien/home=x@example.com")]
    [InlineData("😀@example.com", "😀@example.com")]
    public void Is_trimmed_of_unicode_white_space_and_lower_cased(string email, string? hashed)
    {
        if (hashed is null)
        {
            Assert.Throws<FormatException>(() => Guide.HashEmail(email));
        }
        else
        {
            Assert.Equal(Sha256Hex.Of(hashed), Guide.HashEmail(email).ToString());
        }
    }

    [Theory]
    [InlineData("jane")]
    [InlineData("@")]
    [InlineData("@example.com")]
    [InlineData("jane@")]
    [InlineData("jane@@example.com")]
    [InlineData("jane@home@example.com")]
    [InlineData("jane＠example.com")]
    [InlineData("jane doe@example.com")]
    [InlineData("jane\u00A0doe@example.com")]
    [InlineData("jane@exam\tple.com")]
    [InlineData("jane\u200B@example.com")]
    [InlineData("jane\u200D@example.com")]
    [InlineData("\uFEFFjane@example.com")]
    [InlineData("\u202Ajane@example.com\u202C")]
    [InlineData("jane\u00AD@example.com")]
    [InlineData("jane\0@example.com")]
    [InlineData("jane\u007F@example.com")]
    public void Garbage_is_an_error_that_does_not_repeat_it(string email)
    {
        var exception = Assert.Throws<FormatException>(() => Guide.HashEmail(email));

        Assert.StartsWith("E-mail ", exception.Message);
        Assert.DoesNotContain("jane", exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("example", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    // Not theory data: an attribute stores UTF-8, which has no half surrogates.
    [Fact]
    public void Half_a_surrogate_pair_is_an_error()
    {
        Assert.Throws<FormatException>(() => Guide.HashEmail("jane\uD83D@example.com"));
        Assert.Throws<FormatException>(() => WithoutAlias.HashEmail("\uDE00jane+x@example.com"));
    }

    [Theory]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813B")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b.AQQAAQEA")]
    public void A_digest_is_never_hashed_twice(string digest) =>
        Assert.Contains("HashedEmail", Assert.Throws<FormatException>(() => Guide.HashEmail(digest)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData("Jane+@example.com", "jane@example.com")]
    [InlineData("jane+a+b@example.com", "jane@example.com")]
    [InlineData("jane@exam+ple.com", "jane@exam+ple.com")]
    [InlineData("JÖRG+x@example.com", "jörg@example.com")]
    public void Loses_its_alias_where_the_options_say_so(string email, string hashed) =>
        Assert.Equal(Sha256Hex.Of(hashed), WithoutAlias.HashEmail(email).ToString());

    [Fact]
    public void An_alias_with_nothing_before_it_is_an_error_where_aliases_are_dropped()
    {
        Assert.Throws<FormatException>(() => WithoutAlias.HashEmail("+promo@example.com"));
        Assert.NotNull(Guide.HashEmail("+promo@example.com"));
    }

    [Fact]
    public void Takes_1024_characters_and_no_more()
    {
        var longest = new string('a', 1024 - 12) + "@example.com";

        Assert.Equal(Sha256Hex.Of(longest), Guide.HashEmail(longest).ToString());
        Assert.Throws<FormatException>(() => Guide.HashEmail("a" + longest));
        Assert.Throws<FormatException>(() => WithoutAlias.HashEmail("a+" + longest));
        Assert.Throws<FormatException>(() => Guide.HashEmail(new string('ö', 1_000_000) + "@example.com"));
    }
}
