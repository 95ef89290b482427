namespace Roku.Events;

/// <summary>What becomes of an event that Roku can no longer deduplicate; see <see cref="DeliveryOptions.WhenLate"/>.</summary>
public enum LateEventMode
{
    /// <summary>It is sent all the same, and may be counted twice.</summary>
    Send,

    /// <summary>It expires: counted, logged, and handed to the dead-letter handler. It is not sent, and may never have been counted.</summary>
    HandOver,
}
