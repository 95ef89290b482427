using System.Globalization;
using System.Text;

namespace Roku.Events.Tests.Identifiers;

public sealed class IdentifierHashTests
{
    private const string OtherDigest = "422ce82c6fc1724ac878042f7d055653ab5e983d186e616826a72d4384b68af8";

    [Fact]
    public void Reads_upper_case_and_writes_lower_case()
    {
        var hash = IdentifierHash.Parse("973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813B");

        Assert.Equal("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b", hash.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813bb")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b.AQQAAQEA")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813g")]
    [InlineData("g73dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("９73dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData(" 73dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("0x3dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("lz3+Rj7IV4X1+Vr1ujkG7tstkxwk5pgkqJ6mXbpOgTs=")]
    public void Refuses_all_but_64_hexadecimal_characters(string text)
    {
        Assert.False(IdentifierHash.TryParse(text, out var hash));
        Assert.True(hash.IsDefault);
    }

    [Fact]
    public void Says_how_long_a_refused_text_is_without_repeating_it()
    {
        var exception = Assert.Throws<FormatException>(() => IdentifierHash.Parse("jane@example.com"));

        Assert.Contains("16 characters", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_to_characters()
    {
        var text = new char[70];

        Assert.True(IdentifierHash.Parse(Some.Digest).TryFormat(text, out var written));
        Assert.Equal(Some.Digest, new string(text, 0, written));
    }

    [Fact]
    public void Formats_to_utf8()
    {
        var utf8 = new byte[64];

        Assert.True(IdentifierHash.Parse(Some.Digest).TryFormat(utf8, out var written));
        Assert.Equal(Some.Digest, Encoding.UTF8.GetString(utf8, 0, written));
    }

    [Fact]
    public void Writes_nothing_to_a_destination_too_small()
    {
        var hash = IdentifierHash.Parse(Some.Digest);
        var text = new char[63];
        var utf8 = new byte[63];

        Assert.False(hash.TryFormat(text, out var charsWritten));
        Assert.False(hash.TryFormat(utf8, out var bytesWritten));
        Assert.Equal((0, 0), (charsWritten, bytesWritten));
        Assert.All(text, c => Assert.Equal('\0', c));
        Assert.All(utf8, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Formats_alike_through_every_interface()
    {
        var hash = IdentifierHash.Parse(Some.Digest);
        var text = new char[64];
        var utf8 = new byte[64];

        Assert.True(((ISpanFormattable)hash).TryFormat(text, out _, "X", CultureInfo.InvariantCulture));
        Assert.True(((IUtf8SpanFormattable)hash).TryFormat(utf8, out _, default, null));
        Assert.Equal(Some.Digest, new string(text));
        Assert.Equal(Some.Digest, Encoding.UTF8.GetString(utf8));
        Assert.Equal(Some.Digest, ((IFormattable)hash).ToString("X", CultureInfo.InvariantCulture));
        Assert.Equal(Some.Digest, $"{hash}");
    }

    [Fact]
    public void Equals_a_hash_of_the_same_bytes_only()
    {
        var hash = IdentifierHash.Parse(Some.Digest);
        var same = IdentifierHash.Parse(Some.Digest.ToUpperInvariant());
        var other = IdentifierHash.Parse(OtherDigest);

        Assert.True(hash == same && hash.Equals((object)same) && hash.GetHashCode() == same.GetHashCode());
        Assert.True(hash != other && !hash.Equals((object)other) && !hash.Equals(Some.Digest));
    }

    [Fact]
    public void Differs_when_only_the_last_byte_differs() =>
        Assert.NotEqual(IdentifierHash.Parse(Some.Digest), IdentifierHash.Parse(Some.Digest[..^1] + "c"));

    [Fact]
    public void Default_stands_for_no_hash()
    {
        Assert.True(default(IdentifierHash).IsDefault);
        Assert.False(IdentifierHash.Parse(Some.Digest).IsDefault);
        Assert.Equal(new string('0', 64), default(IdentifierHash).ToString());
    }
}
