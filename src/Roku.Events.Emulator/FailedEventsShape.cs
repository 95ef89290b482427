namespace Roku.Events.Emulator;

/// <summary>How invalid events are named in an answer. Roku does not publish it, so a client has to read them all.</summary>
public enum FailedEventsShape
{
    /// <summary>Objects with <c>index</c>, <c>event_id</c> and an <c>error</c> object.</summary>
    IndexAndEventId,

    /// <summary>Objects with <c>index</c> and an <c>error</c> object.</summary>
    Index,

    /// <summary>Objects with <c>event_index</c> and <c>error_message</c>, a text.</summary>
    EventIndex,

    /// <summary>Objects with <c>event_id</c> and an <c>error</c> object. Events without an id cannot be named so.</summary>
    EventId,

    /// <summary>As <see cref="Index"/>, but the index 0 is left out, as some encodings do.</summary>
    IndexWithoutZero,

    /// <summary>An array of indexes.</summary>
    Indexes,

    /// <summary>An array of event ids.</summary>
    EventIds,

    /// <summary>An object from index to error text.</summary>
    MapByIndex,

    /// <summary>An object from event id to error text.</summary>
    MapByEventId,

    /// <summary>Not at all: there is no <c>failed_events</c>.</summary>
    None,
}
