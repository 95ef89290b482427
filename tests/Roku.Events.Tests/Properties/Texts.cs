using CsCheck;

namespace Roku.Events.Tests.Properties;

internal static class Texts
{
    // Every UTF-16 unit, half surrogates included, and often the ones that normalizers trip over.
    public static readonly Gen<string> Any = Gen.OneOf(
        Gen.Char,
        Gen.Char[' ', '~'],
        Gen.OneOf('@', '+', '.', '(', ')', '0', '1', 'x', '#', ',', ';', '-', '/', '\\', '"', 'a', 'f', 'y', 'M', 'd', '%', '\'', ':', '[', ']'),
        Gen.OneOf('\0', '\u001F', '\u007F', '\u0085', '\u00A0', '\u00AD', '\u0130', '\u0131', '\u0301', '\u0660', '\u200B', '\u202A', '\u2028', '\u3000', '\uFEFF', '\uFF10', '\uFFFD'),
        Gen.Char['\uD800', '\uDFFF']).Array[0, 80].Select(units => new string(units));

    // Whole code points only, control characters and pairs included.
    public static readonly Gen<string> Valid = Gen.OneOf(
        Gen.Int[0, 0x7F],
        Gen.Int[0, 0xD7FF],
        Gen.Int[0xE000, 0xFFFF],
        Gen.Int[0x10000, 0x10FFFF]).Array[0, 40].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));

    public static readonly Gen<string> WhiteSpace =
        Gen.OneOf(' ', '\t', '\r', '\n', '\u0085', '\u00A0', '\u1680', '\u2003', '\u2028', '\u3000').Array[0, 4].Select(units => new string(units));
}
