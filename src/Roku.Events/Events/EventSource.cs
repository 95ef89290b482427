namespace Roku.Events;

/// <summary>Where it happened: one of Roku's event sources, such as <see cref="Website"/>.</summary>
/// <remarks>
/// Open, because Roku adds sources: <c>new EventSource("kiosk")</c> is sent as it is when it is lower-case letters, digits,
/// underscores and hyphens; the builder refuses any other. Immutable and thread-safe. Known values: Roku's connector guide.
/// </remarks>
/// <param name="value">The source as Roku spells it, lower-case; case matters.</param>
public readonly struct EventSource(string value) : IEquatable<EventSource>
{
#pragma warning disable CS1591 // The names are Roku's own and say what they mean.
    public static EventSource Chat { get; } = new("chat");
    public static EventSource CtvApp { get; } = new("ctv_app");
    public static EventSource Email { get; } = new("email");
    public static EventSource MobileApp { get; } = new("mobile_app");
    public static EventSource Other { get; } = new("other");
    public static EventSource PhoneCall { get; } = new("phone_call");
    public static EventSource PhysicalStore { get; } = new("physical_store");
    public static EventSource Roku { get; } = new("roku");
    public static EventSource SystemGenerated { get; } = new("system-generated");
    public static EventSource Website { get; } = new("website");
#pragma warning restore CS1591

    private readonly string? _value = value;

    /// <summary>The source as it is sent; empty for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether both are the same source, case included.</summary>
    public static bool operator ==(EventSource left, EventSource right) => left.Equals(right);

    /// <summary>Whether the sources differ.</summary>
    public static bool operator !=(EventSource left, EventSource right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(EventSource other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EventSource other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The source as it is sent.</summary>
    public override string ToString() => Value;

    internal bool HasValidShape => Value is [>= 'a' and <= 'z', ..] && !Value.AsSpan().ContainsAnyExcept(NameShape.Lower);
}
