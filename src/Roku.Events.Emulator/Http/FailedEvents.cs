using System.Globalization;
using System.Text.Json;

namespace Roku.Events.Emulator;

// failed_events in every shape that a client should be able to read.
internal static class FailedEvents
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<RequestProblem> problems, FailedEventsShape shape)
    {
        switch (shape)
        {
            case FailedEventsShape.None:
                return;
            case FailedEventsShape.MapByIndex or FailedEventsShape.MapByEventId:
                writer.WriteStartObject("failed_events"u8);
                foreach (var (first, message) in OneForEachEvent(problems))
                {
                    writer.WriteString(shape == FailedEventsShape.MapByIndex ? Text(first.EventIndex) : first.EventId ?? Text(first.EventIndex), message);
                }

                writer.WriteEndObject();
                return;
            default:
                writer.WriteStartArray("failed_events"u8);
                foreach (var (first, message) in OneForEachEvent(problems))
                {
                    WriteEntry(writer, first, message, shape);
                }

                writer.WriteEndArray();
                return;
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, RequestProblem first, string message, FailedEventsShape shape)
    {
        var index = first.EventIndex.GetValueOrDefault();
        switch (shape)
        {
            case FailedEventsShape.Indexes:
                writer.WriteNumberValue(index);
                return;
            case FailedEventsShape.EventIds:
                writer.WriteStringValue(first.EventId);
                return;
        }

        writer.WriteStartObject();
        if (shape is FailedEventsShape.IndexAndEventId or FailedEventsShape.Index || (shape is FailedEventsShape.IndexWithoutZero && index > 0))
        {
            writer.WriteNumber("index"u8, index);
        }

        if (shape is FailedEventsShape.EventIndex)
        {
            writer.WriteNumber("event_index"u8, index);
            writer.WriteString("error_message"u8, message);
        }
        else
        {
            if (shape is FailedEventsShape.IndexAndEventId or FailedEventsShape.EventId)
            {
                writer.WriteString("event_id"u8, first.EventId);
            }

            EmulatorAnswer.WriteError(writer, first.Code, first.Field, message);
        }

        writer.WriteEndObject();
    }

    // Its first problem gives code and field, the message tells all of them.
    private static IEnumerable<(RequestProblem First, string Message)> OneForEachEvent(IReadOnlyList<RequestProblem> problems)
    {
        for (var i = 0; i < problems.Count;)
        {
            var first = problems[i];
            var message = first.Message;
            for (i++; i < problems.Count && problems[i].EventIndex == first.EventIndex; i++)
            {
                message += " " + problems[i].Message;
            }

            yield return (first, message);
        }
    }

    private static string Text(int? index) => index.GetValueOrDefault().ToString(CultureInfo.InvariantCulture);
}
