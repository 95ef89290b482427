namespace Roku.Events;

/// <summary>What a visitor agreed to, as <see cref="RokuCollectOptions.Consent"/> says.</summary>
public enum RokuConsent
{
    /// <summary>Nothing: the event is dropped.</summary>
    Denied,

    /// <summary>Events under limited data use: the event is sent with that flag, without the pixel's cookie.</summary>
    Limited,

    /// <summary>To be tracked: the event is sent with all that the request says.</summary>
    Granted,
}
