namespace Roku.Events;

/// <summary>How a phone number is written before it is hashed. The two rules give different hashes for the same person.</summary>
/// <remarks>
/// Roku changed its rule: its connector guide of 2025 asks for digits only, its current reference for E.164. Ask your
/// Roku contact which one your ad account is matched with; nothing in an answer of the API tells.
/// </remarks>
public enum PhoneRule
{
    /// <summary>Digits only, leading zeros dropped: <c>+1 (415) 555-0142</c> becomes <c>14155550142</c>. The guide's rule.</summary>
    DigitsOnly,

    /// <summary>E.164 with the leading plus: <c>+1 (415) 555-0142</c> becomes <c>+14155550142</c>. Roku's current reference.</summary>
    E164,
}
