namespace Roku.Events;

/// <summary>What happened: one of Roku's event names, such as <see cref="Purchase"/>.</summary>
/// <remarks>
/// Open, because Roku adds names: <c>new EventName("NEW_NAME")</c> is sent as it is when it has the shape of a name
/// (capital letters, digits and underscores, a letter first); the builder refuses any other. Immutable and thread-safe.
/// Known values: the union of Roku's connector guide (June 2025) and a connector of 2026.
/// </remarks>
/// <param name="value">The name as Roku spells it, upper-case; case matters.</param>
public readonly struct EventName(string value) : IEquatable<EventName>
{
#pragma warning disable CS1591 // The names are Roku's own and say what they mean.
    public static EventName AchieveLevel { get; } = new("ACHIEVE_LEVEL");
    public static EventName AddPaymentInfo { get; } = new("ADD_PAYMENT_INFO");
    public static EventName AddToCart { get; } = new("ADD_TO_CART");
    public static EventName AddToWishlist { get; } = new("ADD_TO_WISHLIST");
    public static EventName AdView { get; } = new("AD_VIEW");
    public static EventName AppInstall { get; } = new("APP_INSTALL");
    public static EventName CompleteRegistration { get; } = new("COMPLETE_REGISTRATION");
    public static EventName Contact { get; } = new("CONTACT");
    public static EventName CustomizeProduct { get; } = new("CUSTOMIZE_PRODUCT");
    public static EventName Donate { get; } = new("DONATE");
    public static EventName Download { get; } = new("DOWNLOAD");
    public static EventName FindLocation { get; } = new("FIND_LOCATION");
    public static EventName FirstVideoView { get; } = new("FIRST_VIDEO_VIEW");
    public static EventName InitiateCheckout { get; } = new("INITIATE_CHECKOUT");
    public static EventName Lead { get; } = new("LEAD");
    public static EventName PageView { get; } = new("PAGE_VIEW");
    public static EventName Purchase { get; } = new("PURCHASE");
    public static EventName Qss { get; } = new("QSS");
    public static EventName Schedule { get; } = new("SCHEDULE");
    public static EventName Search { get; } = new("SEARCH");
    public static EventName SessionStart { get; } = new("SESSION_START");
    public static EventName SignUp { get; } = new("SIGN_UP");
    public static EventName StartTrial { get; } = new("START_TRIAL");
    public static EventName SubmitApplication { get; } = new("SUBMIT_APPLICATION");
    public static EventName Subscribe { get; } = new("SUBSCRIBE");
    public static EventName SubscriptionCancellation { get; } = new("SUBSCRIPTION_CANCELLATION");
    public static EventName SubscriptionRenewal { get; } = new("SUBSCRIPTION_RENEWAL");
    public static EventName UnlockAchievement { get; } = new("UNLOCK_ACHIEVEMENT");
    public static EventName ViewContent { get; } = new("VIEW_CONTENT");
#pragma warning restore CS1591

    private readonly string? _value = value;

    /// <summary>The name as it is sent; empty for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether both are the same name, case included.</summary>
    public static bool operator ==(EventName left, EventName right) => left.Equals(right);

    /// <summary>Whether the names differ.</summary>
    public static bool operator !=(EventName left, EventName right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(EventName other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EventName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name as it is sent.</summary>
    public override string ToString() => Value;

    internal bool HasValidShape => Value is [>= 'A' and <= 'Z', ..] && !Value.AsSpan().ContainsAnyExcept(NameShape.Upper);
}
