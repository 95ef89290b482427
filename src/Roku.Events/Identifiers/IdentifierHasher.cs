using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Roku.Events;

/// <summary>Normalizes personal identifiers by Roku's rules and hashes them with SHA-256.</summary>
/// <remarks>
/// <para>
/// Every method takes the plain value and returns null when it is null, empty or only white space: "not given". A value
/// that cannot be what it claims to be is a <see cref="FormatException"/> that names the rule and never repeats the value.
/// </para>
/// <para>
/// White space is Unicode white space and lower-casing is invariant; letters keep their diacritics exactly as given, so a
/// composed and a decomposed <c>é</c> hash differently: give text in normalization form C. The hash is over the UTF-8 bytes.
/// Nothing is allocated. Thread-safe: immutable.
/// </para>
/// </remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "All identifiers are hashed the same way: by an instance.")]
public sealed class IdentifierHasher
{
    private const int MaxTextLength = 1024;
    private const int ShortestHexDigest = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly string? _callingCode;
    private readonly bool _dropAlias;
    private readonly Func<string, string?>? _phoneParser;

    /// <summary>Makes a hasher with the given rules.</summary>
    /// <exception cref="ArgumentException">The default calling code is neither empty nor 1 to 3 digits.</exception>
    public IdentifierHasher(IdentifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.DefaultCallingCode is { Length: > 0 } code && !IsCallingCode(code))
        {
            throw new ArgumentException($"DefaultCallingCode is '{code}'. Use the 1 to 3 digits of a country calling code, without plus, such as \"44\".", nameof(options));
        }

        PhoneRule = options.PhoneRule;
        _callingCode = string.IsNullOrEmpty(options.DefaultCallingCode) ? null : options.DefaultCallingCode;
        _dropAlias = options.DropEmailAlias;
        _phoneParser = options.PhoneParser;
    }

    /// <summary>The rules of Roku's connector guide: phone in digits only, e-mail alias kept.</summary>
    public static IdentifierHasher Default { get; } = new(new IdentifierOptions());

    /// <summary>The phone rule in force.</summary>
    public PhoneRule PhoneRule { get; }

    /// <summary>Hashes an e-mail address: trimmed, lower-cased, and without its alias where the options say so.</summary>
    /// <exception cref="FormatException">No single <c>@</c> with text on both sides, or white space or an invisible character inside.</exception>
    public IdentifierHash? HashEmail(ReadOnlySpan<char> email) => Require("E-mail", TryEmail(email));

    /// <summary>Hashes a phone number by <see cref="PhoneRule"/>; an extension is cut off, digits of any script count.</summary>
    /// <exception cref="FormatException">
    /// No digit, letters other than an extension mark, more than 15 digits; under E.164 also a national number without a
    /// default calling code, or a number too short.
    /// </exception>
    public IdentifierHash? HashPhone(ReadOnlySpan<char> phone) => Require("Phone", TryPhone(phone));

    /// <summary>Hashes a first name: trimmed and lower-cased; punctuation, inner spaces and diacritics stay.</summary>
    /// <exception cref="FormatException">A control character or an invisible one inside, or a value that is a hash already.</exception>
    public IdentifierHash? HashFirstName(ReadOnlySpan<char> firstName) => Require("First name", TryName(firstName));

    /// <summary>Hashes a last name: trimmed and lower-cased; punctuation, inner spaces and diacritics stay.</summary>
    /// <exception cref="FormatException">A control character or an invisible one inside, or a value that is a hash already.</exception>
    public IdentifierHash? HashLastName(ReadOnlySpan<char> lastName) => Require("Last name", TryName(lastName));

    /// <summary>Hashes a birth date written <c>yyyy-MM-dd</c>, or in the one format given.</summary>
    /// <param name="birthDate">The date as text.</param>
    /// <param name="format">An exact date format such as <c>M/d/yyyy</c>; null for <c>yyyy-MM-dd</c>.</param>
    /// <exception cref="FormatException">The text is not a date in that format, the format has no four-digit year, or the date lies before 1900 or after 2099.</exception>
    public IdentifierHash? HashBirthDate(ReadOnlySpan<char> birthDate, string? format = null) => Require("Birth date", TryBirthDate(birthDate, format));

    /// <summary>Hashes a birth date as <c>yyyy-MM-dd</c>.</summary>
    /// <exception cref="FormatException">The date lies before 1900 or after 2099, as an unset date does.</exception>
    public IdentifierHash? HashBirthDate(DateOnly birthDate) => Require("Birth date", TryBirthDate(birthDate));

    /// <summary>Hashes a gender: <c>m</c> and <c>male</c> as <c>male</c>, <c>f</c> and <c>female</c> as <c>female</c>, any other text as <c>unknown</c>.</summary>
    public IdentifierHash? HashGender(ReadOnlySpan<char> gender) => Require("Gender", TryGender(gender));

    internal bool SamePhoneRuleAs(IdentifierHasher other) => PhoneRule == other.PhoneRule;

    internal bool SameEmailRuleAs(IdentifierHasher other) => _dropAlias == other._dropAlias;

    internal static bool IsCallingCode(string code) =>
        code is { Length: >= 1 and <= 3 } && code[0] != '0' && !code.AsSpan().ContainsAnyExceptInRange('0', '9');

    internal HashAttempt TryEmail(ReadOnlySpan<char> email)
    {
        email = email.Trim();
        if (email.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        var at = email.IndexOf('@');
        if (at < 0 && LooksHashed(email))
        {
            return HashAttempt.AlreadyHashed("HashedEmail");
        }

        if (at <= 0 || at == email.Length - 1 || email[(at + 1)..].Contains('@'))
        {
            return "is not an address of the form name@domain; give a whole one alone, or leave it out";
        }

        foreach (var c in email)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
            {
                return "has white space or an invisible character inside; give one address alone";
            }
        }

        var plus = _dropAlias ? email[..at].IndexOf('+') : -1;
        if (plus < 0)
        {
            return HashLowerCase(email);
        }

        if (plus == 0)
        {
            return "has nothing before its alias; give a whole address, or leave it out";
        }

        if (email.Length > MaxTextLength)
        {
            return HashAttempt.TooLong;
        }

        Span<char> withoutAlias = stackalloc char[MaxTextLength];
        email[..plus].CopyTo(withoutAlias);
        email[at..].CopyTo(withoutAlias[plus..]);
        return HashLowerCase(withoutAlias[..(plus + email.Length - at)]);
    }

    internal HashAttempt TryPhone(ReadOnlySpan<char> phone)
    {
        phone = phone.Trim();
        if (phone.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        if (phone.Length > MaxTextLength)
        {
            return HashAttempt.TooLong;
        }

        if (LooksHashed(phone))
        {
            return HashAttempt.AlreadyHashed("HashedPhone");
        }

        Span<char> normalized = stackalloc char[PhoneNormalizer.MaxLength];
        int length;
        if (_phoneParser is null)
        {
            var problem = PhoneNormalizer.Normalize(phone, PhoneRule, _callingCode, normalized, out length);
            return problem is null ? HashLowerCase(normalized[..length]) : problem;
        }

        var parsed = _phoneParser(phone.ToString()).AsSpan();
        if (parsed is not ['+', ..])
        {
            return "is not a valid phone number; give it with '+' and the country code, or leave it out";
        }

        return PhoneNormalizer.CheckE164(parsed[1..]) is { } invalid ? invalid : HashLowerCase(parsed);
    }

    internal static HashAttempt TryName(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        if (name.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        if (LooksHashed(name))
        {
            return HashAttempt.AlreadyHashed("HashedFirstName or HashedLastName");
        }

        foreach (var c in name)
        {
            // Joiners (U+200C, U+200D) belong to names in some scripts; these come with a file's byte order mark or a web page.
            if (char.IsControl(c) || c is '\uFEFF' or '\u200B' or '\u2060')
            {
                return "has a control character or an invisible one inside; take it out";
            }
        }

        return HashLowerCase(name);
    }

    internal static HashAttempt TryBirthDate(ReadOnlySpan<char> birthDate, string? format)
    {
        birthDate = birthDate.Trim();
        if (birthDate.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        // Neither problem repeats the format: with the arguments swapped it is the birth date.
        if (format?.Contains("yyyy", StringComparison.Ordinal) == false)
        {
            return "comes with a format without a four-digit year, which would leave the century to chance; use yyyy";
        }

        return DateOnly.TryParseExact(birthDate, format ?? "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? TryBirthDate(date)
            : format is null
                ? "is not a date that exists, written yyyy-MM-dd; pass the format with the date if it is written otherwise"
                : "is not a date that exists, written in the format that came with it; leave it out when it is not known";
    }

    internal static HashAttempt TryBirthDate(DateOnly birthDate)
    {
        if (birthDate.Year is < 1900 or > 2099)
        {
            return "lies before 1900 or after 2099, as a date that was never set does; leave it out when it is not known";
        }

        Span<char> text = stackalloc char[10];
        birthDate.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return HashLowerCase(text);
    }

    internal static HashAttempt TryGender(ReadOnlySpan<char> gender)
    {
        gender = gender.Trim();
        if (gender.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        if (LooksHashed(gender))
        {
            return HashAttempt.AlreadyHashed("HashedGender");
        }

        return HashLowerCase(
            Is(gender, "m") || Is(gender, "male") ? "male"
            : Is(gender, "f") || Is(gender, "female") ? "female"
            : "unknown");

        static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    internal static HashAttempt TryHashed(string? hex)
    {
        var trimmed = hex.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            return HashAttempt.NotGiven;
        }

        if (!IdentifierHash.TryParse(trimmed, out var hash))
        {
            return $"must be a SHA-256 of {IdentifierHash.HexLength} hexadecimal characters, and this has {trimmed.Length} characters or others than 0-9 and a-f; a plain value goes to the method without 'Hashed'";
        }

        return hash.IsOfEmptyText || hash.IsDefault
            ? "is the SHA-256 of an empty value, which would match everybody without one; leave it out"
            : hash;
    }

    // A whole digest, one cut short, or one with a suffix ("….AQQAAQEA"): hashed again it would match nobody.
    private static bool LooksHashed(ReadOnlySpan<char> text) =>
        text.Length >= ShortestHexDigest && !text[..ShortestHexDigest].ContainsAnyExcept(HexDigits);

    private static HashAttempt HashLowerCase(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxTextLength)
        {
            return HashAttempt.TooLong;
        }

        // As long as the text needs, because every byte of it is cleared first.
        Span<byte> utf8 = stackalloc byte[text.Length * 3];
        if (Ascii.ToLower(text, utf8, out var written) != OperationStatus.Done)
        {
            Span<char> lower = stackalloc char[MaxTextLength];
            text.ToLowerInvariant(lower);
            if (Utf8.FromUtf16(lower[..text.Length], utf8, out _, out written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                return "is not valid Unicode text (half of a surrogate pair is missing); give the text as it was before it was cut";
            }
        }

        return IdentifierHash.OfUtf8(utf8[..written]);
    }

    private static IdentifierHash? Require(string field, HashAttempt attempt) => attempt.Problem is null
        ? attempt.Hash
        : throw new FormatException($"{field} {attempt.Problem}.");
}
