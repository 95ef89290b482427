namespace Roku.Events;

/// <summary>The rules by which identifiers are normalized before hashing.</summary>
/// <remarks>Set at start-up; an <see cref="IdentifierHasher"/> copies them when it is made. Not thread-safe.</remarks>
public sealed class IdentifierOptions
{
    /// <summary>How a phone number is written before hashing.</summary>
    /// <value><see cref="Events.PhoneRule.DigitsOnly"/>, the rule of Roku's connector guide.</value>
    public PhoneRule PhoneRule { get; set; }

    /// <summary>
    /// Country calling code given to national numbers under <see cref="Events.PhoneRule.E164"/>: 1 to 3 digits, without plus (<c>"44"</c>).
    /// </summary>
    /// <value>None: a national number is then an error. Ignored under <see cref="Events.PhoneRule.DigitsOnly"/>.</value>
    /// <remarks>
    /// One leading zero of the national number is dropped (kept for Italy, 39). For countries with another trunk prefix,
    /// and for numbers of many countries, use the package Roku.Events.PhoneNumbers.
    /// </remarks>
    public string? DefaultCallingCode { get; set; }

    /// <summary>Whether the alias between <c>+</c> and <c>@</c> is dropped from an e-mail address, as Roku's current reference asks.</summary>
    /// <value>False: the guide keeps it.</value>
    public bool DropEmailAlias { get; set; }

    /// <summary>Whether an event with the Limited Data Use flag is sent without ids of devices and browsers.</summary>
    /// <value>
    /// False. When true, the advertising ids (Roku, Google, Apple, <c>aDX</c>), the pixel cookie and the Google Analytics client and session ids
    /// are left out of such an event; one that nothing else matches is not sent, and counted as vetoed.
    /// </value>
    public bool DropDeviceIdentifiersUnderLimitedDataUse { get; set; }

    internal Func<string, string?>? PhoneParser { get; private set; }

    /// <summary>Parses phone numbers with a function of yours and hashes by <see cref="Events.PhoneRule.E164"/>.</summary>
    /// <param name="parser">
    /// Takes a number as it was given, returns it as <c>+</c> and 7 to 15 digits, or null when it is not a phone number.
    /// Called on the thread that builds the event; must be thread-safe.
    /// </param>
    public void UsePhoneParser(Func<string, string?> parser)
    {
        ArgumentNullException.ThrowIfNull(parser);
        PhoneRule = PhoneRule.E164;
        PhoneParser = parser;
    }
}
