namespace Roku.Events;

/// <summary>Whether the buyer bought here before. Values of Roku's connector guide.</summary>
public enum PurchaseType
{
    /// <summary>The first purchase: <c>first_time_purchase</c>.</summary>
    FirstTime,

    /// <summary>A later one: <c>repeat_purchase</c>.</summary>
    Repeat,
}
