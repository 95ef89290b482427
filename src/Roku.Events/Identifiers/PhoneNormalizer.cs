using System.Buffers;
using System.Globalization;

namespace Roku.Events;

// Reads what people write in phone fields. Both rules share one reading, so that an extension, a bracketed trunk zero
// or a vanity number can never slip into a hash that matches nobody.
internal static class PhoneNormalizer
{
    public const int MaxLength = 16;

    // E.164 allows 15 digits; the shortest numbers in use, country code included, have 7.
    private const int MaxDigits = 15;
    private const int MinDigits = 7;
    private const int MaxExtensionDigits = 7;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    private static readonly string[] ExtensionWords = ["x", "ext", "extn", "extension", "poste", "anexo", "int"];

    // Null when length characters of normalized hold the number, else the problem.
    public static string? Normalize(ReadOnlySpan<char> phone, PhoneRule rule, string? callingCode, Span<char> normalized, out int length)
    {
        length = 0;
        Span<char> digits = stackalloc char[MaxLength * 2];
        if (ReadDigits(phone, digits, out var count, out var plus) is { } problem)
        {
            return problem;
        }

        ReadOnlySpan<char> number = digits[..count];
        if (rule == PhoneRule.E164)
        {
            normalized[length++] = '+';
            if (!plus && !StripInternationalPrefix(ref number, callingCode))
            {
                if (callingCode is null)
                {
                    return "is a national number, and E.164 needs its country; give it with '+' and the country code, set Identifiers:DefaultCallingCode, or use the package Roku.Events.PhoneNumbers";
                }

                number = StripTrunkPrefix(number, callingCode);
                callingCode.CopyTo(normalized[length..]);
                length += callingCode.Length;
            }
            else if (plus && number.StartsWith("00"))
            {
                number = number[2..];
            }
        }
        else
        {
            number = number.TrimStart('0');
        }

        var total = number.Length + length - (rule == PhoneRule.E164 ? 1 : 0);
        if (number.IsEmpty || total > MaxDigits)
        {
            return number.IsEmpty ? "has no digit other than zero; leave it out" : $"has more than the {MaxDigits} digits that a phone number can have; give one number alone";
        }

        number.CopyTo(normalized[length..]);
        length += number.Length;
        return rule == PhoneRule.E164 ? CheckE164(normalized[1..length]) : null;
    }

    // Checks digits that a parser returned; null when they are E.164.
    public static string? CheckE164(ReadOnlySpan<char> digits) => digits switch
    {
        { Length: < MinDigits } => "is too short for a phone number with country code; give all its digits, or leave it out",
        { Length: > MaxDigits } => $"has more than the {MaxDigits} digits that a phone number can have; give one number alone",
        ['0', ..] => "begins with 0 where the country code should be; give it with '+' and the country code",
        ['1', ..] when digits.Length != 11 => "begins with country code 1 but does not have the 10 digits that follow it in North America; give all its digits, or leave it out",
        _ => digits.ContainsAnyExcept(Digits) ? "has a character that is not a digit; write the number in digits" : null,
    };

    private static string? ReadDigits(ReadOnlySpan<char> phone, Span<char> digits, out int count, out bool plus)
    {
        count = 0;
        plus = false;
        for (var i = 0; i < phone.Length; i++)
        {
            var c = phone[i];
            var value = CharUnicodeInfo.GetDecimalDigitValue(c);
            if (value >= 0)
            {
                if (count == digits.Length)
                {
                    return $"has more than the {MaxDigits} digits that a phone number can have; give one number alone";
                }

                digits[count++] = (char)('0' + value);
            }
            else if (c is '+' or '＋' && count == 0 && !plus)
            {
                plus = true;
            }
            else if (count > 0 && TrunkZeroLength(phone[i..]) is > 0 and var skip && digits[..count].TrimStart('0') is not "39")
            {
                // What stands before a trunk zero is a country code.
                plus = true;
                i += skip - 1;
            }
            else if (count >= MinDigits && IsExtension(phone[i..]))
            {
                break;
            }
            else if (!IsSeparator(c))
            {
                return char.IsLetter(c)
                    ? "has letters; write the number in digits (a number already hashed goes to HashedPhone)"
                    : "has a character that does not belong in a phone number; write the number in digits";
            }
        }

        return count == 0 ? "has no digit; leave it out" : null;
    }

    // "+33 (0)1 42…": the zero is dialled only inside the country. Italy's belongs to the number.
    private static int TrunkZeroLength(ReadOnlySpan<char> text)
    {
        var close = text[0] is '(' or '\uFF08' ? text.IndexOfAny(')', '\uFF09') : -1;
        return close > 0 && text[1..close].Trim() is [var zero] && CharUnicodeInfo.GetDecimalDigitValue(zero) == 0 ? close + 1 : 0;
    }

    // A mark and at most a few digits to the end: "415,555,0142" has none, and of two numbers neither is an extension.
    private static bool IsExtension(ReadOnlySpan<char> text)
    {
        var marked = text[0] is '#' or ';' or ',';
        text = text.TrimStart("#;, ");
        var word = 0;
        while (word < text.Length && char.IsLetter(text[word]))
        {
            word++;
        }

        if (word == 0 ? !marked : !IsExtensionWord(text[..word]))
        {
            return false;
        }

        var count = 0;
        foreach (var c in text[word..])
        {
            if (char.IsDigit(c))
            {
                count++;
            }
            else if (c is not (' ' or '.' or ':' or '=' or '#'))
            {
                return false;
            }
        }

        return count <= MaxExtensionDigits;
    }

    private static bool IsExtensionWord(ReadOnlySpan<char> word)
    {
        foreach (var known in ExtensionWords)
        {
            if (word.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Format characters come with numbers copied from a phone's contact list (U+202A … U+202C); the full-width ones, the
    // minus and the long-vowel mark with Japanese numbers.
    private static bool IsSeparator(char c) =>
        c is '(' or ')' or '[' or ']' or '.' or '/' or '\u2212' or '\u30FC' or '\uFF08' or '\uFF09' or '\uFF0E' or '\uFF0F' || char.IsWhiteSpace(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;

    private static bool StripInternationalPrefix(ref ReadOnlySpan<char> number, string? callingCode)
    {
        var prefix = number.StartsWith("00") ? 2 : callingCode == "1" && number.StartsWith("011") ? 3 : 0;
        number = number[prefix..];
        return prefix > 0;
    }

    private static ReadOnlySpan<char> StripTrunkPrefix(ReadOnlySpan<char> number, string callingCode) => callingCode switch
    {
        "1" => number is ['1', ..] && number.Length == 11 ? number[1..] : number,
        "39" => number,
        _ => number is ['0', ..] ? number[1..] : number,
    };
}
