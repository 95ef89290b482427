using Roku.Events.Tool.Input;

namespace Roku.Events.Tool.Commands;

// What retry does otherwise than send: events as they were, one event group at a time.
internal static class DeadLetters
{
    private const string GroupColumn = "event_group_id";

    public static SendSettings Settings(SendSettings told, Surroundings surroundings)
    {
        var group = told.Destination.EventGroup ?? OnlyGroup(told.Files, surroundings);
        return new SendSettings
        {
            Files = told.Files,
            Mapping = () =>
            {
                var mapping = told.Mapping();
                mapping.Skip.Add($"{GroupColumn}!={group}");
                return mapping;
            },
            Destination = told.Destination with { EventGroup = group },
            Mode = told.Mode,
            Format = InputFormat.JsonLines,
            Rate = told.Rate,
            Patience = told.Patience,
            Restart = told.Restart,
            InDoubt = told.InDoubt,
            RejectedPath = told.RejectedPath,
            IsDeadLetters = true,
        };
    }

    private static string OnlyGroup(IReadOnlyList<string> files, Surroundings surroundings)
    {
        var groups = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in files)
        {
            if (path == "-")
            {
                throw new ToolException("Standard input is read once: say the event group with --event-group, or give a file.");
            }

            using var input = InputFile.Open(path, surroundings);
            using var rows = new JsonRows(input.Content);
            rows.Select([GroupColumn], hashesContent: false);
            while (rows.Read() is { } row)
            {
                if (row.Values[0] is { } group)
                {
                    groups.Add(group);
                }
            }
        }

        return groups.Count == 1
            ? groups.Min!
            : throw new ToolException(groups.Count == 0
                ? "The file has no dead letters, as UseDeadLetterFile writes them."
                : $"The dead letters are of several event groups. Send them one after another, each with its key: --event-group {string.Join(", --event-group ", groups)}.");
    }
}
