using System.Text.Encodings.Web;
using System.Text.Json;

namespace Roku.Events;

/// <summary>One thing that a person did: a purchase, a sign-up, a phone call. Made by <see cref="Create"/>, checked when built.</summary>
/// <remarks>Holds personal identifiers only as SHA-256 hashes. Immutable and thread-safe.</remarks>
public sealed class RokuEvent
{
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        // The body is UTF-8 JSON and never HTML: escaping what HTML minds would only spend bytes of the limit.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    internal RokuEvent(string id, long unixSeconds, UserData userData)
    {
        Id = id;
        UnixSeconds = unixSeconds;
        UserData = userData;
    }

    private RokuEvent(RokuEvent other, UserData userData)
        : this(other.Id, other.UnixSeconds, userData)
    {
        Name = other.Name;
        Source = other.Source;
        PageUrl = other.PageUrl;
        ReferrerUrl = other.ReferrerUrl;
        LimitedDataUseFlag = other.LimitedDataUseFlag;
        CustomData = other.CustomData;
        EmailHasher = other.EmailHasher;
        PhoneHasher = other.PhoneHasher;
    }

    /// <summary>What happened.</summary>
    public EventName Name { get; internal init; }

    /// <summary>Where it happened.</summary>
    public EventSource Source { get; internal init; }

    /// <summary>The id that Roku deduplicates by; the same on every retry.</summary>
    public string Id { get; }

    /// <summary>When it happened, to the second.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds);

    /// <summary>Whether the Limited Data Use flag is raised.</summary>
    public bool LimitedDataUse => LimitedDataUseFlag == true;

    /// <summary>The hash of the e-mail address, to compare with a suppression list; null when the event has none.</summary>
    public IdentifierHash? Email => UserData.Email;

    /// <summary>The hash of the phone number; null when the event has none.</summary>
    public IdentifierHash? Phone => UserData.Phone;

    /// <summary>Your own id of the person, as it is sent; null when the event has none.</summary>
    public string? ExternalId => UserData.ExternalId;

    internal long UnixSeconds { get; }

    internal string? PageUrl { get; init; }

    internal string? ReferrerUrl { get; init; }

    internal bool? LimitedDataUseFlag { get; init; }

    internal UserData UserData { get; }

    internal CustomData? CustomData { get; init; }

    // Who hashed by a rule that is an option, so that a client with other rules can refuse the event.
    internal IdentifierHasher? EmailHasher { get; init; }

    internal IdentifierHasher? PhoneHasher { get; init; }

    /// <summary>Starts an event.</summary>
    /// <param name="name">What happened.</param>
    /// <param name="hasher">
    /// The rules for identifiers; null for <see cref="IdentifierHasher.Default"/>. Inject the one that AddRokuEvents
    /// registers when the options change a rule: a client refuses events hashed by other rules than its own.
    /// </param>
    /// <param name="timeProvider">The clock for "now" and for the check against the future; null for the system's.</param>
    public static RokuEventBuilder Create(EventName name, IdentifierHasher? hasher = null, TimeProvider? timeProvider = null) =>
        new(name, hasher ?? IdentifierHasher.Default, timeProvider ?? TimeProvider.System);

    /// <summary>Starts an event with everything that this one has, to change it or add to it; plain identifiers are hashed by the rules this one was.</summary>
    /// <param name="timeProvider">The clock for the check against the future; null for the system's.</param>
    public RokuEventBuilder ToBuilder(TimeProvider? timeProvider = null) => new(this, timeProvider ?? TimeProvider.System);

    /// <summary>Writes the event's JSON object, the very bytes that are sent. It holds hashes, and what is sent plain (IP address, user agent).</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString(Names.EventName, Name.Value);
        writer.WriteString(Names.EventType, Names.Conversion);
        writer.WriteNumber(Names.EventTime, UnixSeconds);
        writer.WriteString(Names.EventSource, Source.Value);
        writer.WriteString(Names.EventId, Id);
        if (PageUrl is not null)
        {
            writer.WriteString(Names.EventSourceUrl, PageUrl);
        }

        if (ReferrerUrl is not null)
        {
            writer.WriteString(Names.ReferrerUrl, ReferrerUrl);
        }

        if (LimitedDataUseFlag is { } limited)
        {
            writer.WriteString(Names.OptOut, limited ? Names.True : Names.False);
        }

        UserData.WriteTo(writer);
        CustomData?.WriteTo(writer);
        writer.WriteEndObject();
    }

    // Null when nothing is left to match the event by.
    internal RokuEvent? WithoutDeviceIdentifiers()
    {
        if (!UserData.HasDeviceIdentifier)
        {
            return this;
        }

        var userData = UserData.WithoutDeviceIdentifiers();
        return userData.HasMatchKey ? new RokuEvent(this, userData) : null;
    }

    /// <summary>Name and id, such as <c>PURCHASE ord-17</c>; nothing about the person.</summary>
    public override string ToString() => $"{Name} {Id}";

    private static class Names
    {
        public static readonly JsonEncodedText EventName = JsonEncodedText.Encode("event_name");
        public static readonly JsonEncodedText EventType = JsonEncodedText.Encode("event_type");
        public static readonly JsonEncodedText Conversion = JsonEncodedText.Encode("conversion");
        public static readonly JsonEncodedText EventTime = JsonEncodedText.Encode("event_time");
        public static readonly JsonEncodedText EventSource = JsonEncodedText.Encode("event_source");
        public static readonly JsonEncodedText EventId = JsonEncodedText.Encode("event_id");
        public static readonly JsonEncodedText EventSourceUrl = JsonEncodedText.Encode("event_source_url");
        public static readonly JsonEncodedText ReferrerUrl = JsonEncodedText.Encode("referrer_url");
        public static readonly JsonEncodedText OptOut = JsonEncodedText.Encode("opt_out");
        public static readonly JsonEncodedText True = JsonEncodedText.Encode("true");
        public static readonly JsonEncodedText False = JsonEncodedText.Encode("false");
    }
}
