namespace Roku.Events.Tests.Identifiers;

public sealed class BirthDateTests
{
    private static readonly IdentifierHasher Hasher = IdentifierHasher.Default;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \u00A0")]
    public void Nothing_but_white_space_is_not_given(string? birthDate)
    {
        Assert.Null(Hasher.HashBirthDate(birthDate));
        Assert.Null(Hasher.HashBirthDate(birthDate, "M/d/yyyy"));
    }

    [Theory]
    [InlineData("16.02.1997", "dd.MM.yyyy")]
    [InlineData("19970216", "yyyyMMdd")]
    [InlineData("Feb 16, 1997", "MMM d, yyyy")]
    [InlineData("16/2/1997", "d/M/yyyy")]
    public void Is_read_in_the_format_given(string birthDate, string format) =>
        Assert.Equal(Sha256Hex.Of("1997-02-16"), Hasher.HashBirthDate(birthDate, format).ToString());

    [Theory]
    [InlineData("2/16/1997", null)]
    [InlineData("19970216", null)]
    [InlineData("1997-2-16", null)]
    [InlineData("1997-02-30", null)]
    [InlineData("1997-02-16T00:00:00Z", null)]
    [InlineData("１９９７-02-16", null)]
    [InlineData("jane", null)]
    [InlineData("16/2/1997", "M/d/yyyy")]
    [InlineData("2/29/1997", "M/d/yyyy")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b", null)]
    public void A_format_is_never_guessed(string birthDate, string? format)
    {
        var exception = Assert.Throws<FormatException>(() => Hasher.HashBirthDate(birthDate, format));

        Assert.StartsWith("Birth date ", exception.Message);
        Assert.DoesNotContain(birthDate, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2/16/45", "M/d/yy")]
    [InlineData("02-16", "MM-dd")]
    [InlineData("02/16/1997", "d")]
    [InlineData("1997-02-16", "")]
    public void A_format_without_a_four_digit_year_is_refused(string birthDate, string format) =>
        Assert.Contains("yyyy", Assert.Throws<FormatException>(() => Hasher.HashBirthDate(birthDate, format)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("M/d/yyyy", "2/16/1997 yyyy")]
    [InlineData("M/d/yyyy", "2/16/1997")]
    [InlineData("1997-02-16", "yyyy-MM-dd\\")]
    [InlineData("1997-02-16", "%yyyy%")]
    public void A_bad_or_swapped_format_is_an_error_that_does_not_repeat_it(string birthDate, string format)
    {
        var exception = Assert.Throws<FormatException>(() => Hasher.HashBirthDate(birthDate, format));

        Assert.StartsWith("Birth date ", exception.Message);
        Assert.DoesNotContain("1997", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_that_was_never_set_is_refused()
    {
        Assert.Throws<FormatException>(() => Hasher.HashBirthDate(default(DateOnly)));
        Assert.Throws<FormatException>(() => Hasher.HashBirthDate(DateOnly.MaxValue));
        Assert.Throws<FormatException>(() => Hasher.HashBirthDate("0001-01-01"));
        Assert.Throws<FormatException>(() => Hasher.HashBirthDate(new DateOnly(1899, 12, 31)));
        Assert.NotNull(Hasher.HashBirthDate(new DateOnly(1900, 1, 1)));
    }
}
