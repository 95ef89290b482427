using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Roku.Events;

/// <summary>
/// The SHA-256 of one normalized identifier: the only form in which an event holds personal data that Roku wants hashed.
/// </summary>
/// <remarks>
/// 32 bytes by value; parses and formats 64 hexadecimal characters without allocating. <c>default</c> is not a hash of
/// anything (<see cref="IsDefault"/>) and is never sent. Thread-safe: immutable.
/// </remarks>
public readonly struct IdentifierHash : IEquatable<IdentifierHash>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Length of the hexadecimal form, in characters.</summary>
    public const int HexLength = 64;

    // A fifth faster than SHA256.HashData, which makes a native context for every call.
    [ThreadStatic]
    private static IncrementalHash? _sha256OfThisThread;

    private readonly Digest _digest;

    private IdentifierHash(in Digest digest) => _digest = digest;

    /// <summary>Whether this is the <c>default</c> value, which stands for no hash.</summary>
    public bool IsDefault => !Bytes.ContainsAnyExcept((byte)0);

    // SHA-256 of nothing: sent for an empty field it would match everyone else's empty field.
    internal bool IsOfEmptyText => Bytes.SequenceEqual(EmptyTextDigest);

    [UnscopedRef]
    private ReadOnlySpan<byte> Bytes => _digest;

    private static ReadOnlySpan<byte> EmptyTextDigest =>
    [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];

    /// <summary>Reads 64 hexadecimal characters, upper or lower case.</summary>
    /// <param name="hex">Exactly 64 characters of 0-9, a-f, A-F; no prefix, no white space.</param>
    /// <exception cref="FormatException"><paramref name="hex"/> is anything else. The message never repeats it.</exception>
    public static IdentifierHash Parse(ReadOnlySpan<char> hex) => TryParse(hex, out var hash)
        ? hash
        : throw new FormatException($"A SHA-256 is {HexLength} hexadecimal characters; this text of {hex.Length} characters is not.");

    /// <summary>Reads 64 hexadecimal characters, upper or lower case; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out IdentifierHash hash)
    {
        hash = default;
        if (hex.Length != HexLength)
        {
            return false;
        }

        Digest digest = default;
        for (var i = 0; i < 32; i++)
        {
            var high = HexValue(hex[2 * i]);
            var low = HexValue(hex[(2 * i) + 1]);
            if ((high | low) < 0)
            {
                return false;
            }

            digest[i] = (byte)((high << 4) | low);
        }

        hash = new IdentifierHash(digest);
        return true;
    }

    internal static IdentifierHash OfUtf8(ReadOnlySpan<byte> normalized)
    {
        var sha256 = _sha256OfThisThread ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha256.AppendData(normalized);
        Digest digest = default;
        sha256.GetHashAndReset(digest);
        return new IdentifierHash(digest);
    }

    /// <summary>Writes the 64 lower-case hexadecimal characters.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        if (destination.Length < HexLength)
        {
            charsWritten = 0;
            return false;
        }

        var bytes = Bytes;
        for (var i = 0; i < 32; i++)
        {
            destination[2 * i] = (char)HexDigits[bytes[i] >> 4];
            destination[(2 * i) + 1] = (char)HexDigits[bytes[i] & 0xf];
        }

        charsWritten = HexLength;
        return true;
    }

    /// <summary>Writes the 64 lower-case hexadecimal characters as UTF-8.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten)
    {
        if (utf8Destination.Length < HexLength)
        {
            bytesWritten = 0;
            return false;
        }

        var bytes = Bytes;
        for (var i = 0; i < 32; i++)
        {
            utf8Destination[2 * i] = HexDigits[bytes[i] >> 4];
            utf8Destination[(2 * i) + 1] = HexDigits[bytes[i] & 0xf];
        }

        bytesWritten = HexLength;
        return true;
    }

    /// <summary>The 64 lower-case hexadecimal characters.</summary>
    public override string ToString() =>
        string.Create(HexLength, this, static (span, hash) => hash.TryFormat(span, out _));

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(utf8Destination, out bytesWritten);

    /// <inheritdoc/>
    public bool Equals(IdentifierHash other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IdentifierHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(Bytes);

    /// <summary>Whether both are the same 32 bytes.</summary>
    public static bool operator ==(IdentifierHash left, IdentifierHash right) => left.Equals(right);

    /// <summary>Whether the 32 bytes differ.</summary>
    public static bool operator !=(IdentifierHash left, IdentifierHash right) => !left.Equals(right);

    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    private static int HexValue(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };

    [InlineArray(32)]
    private struct Digest
    {
        private byte _first;
    }
}
