using System.CommandLine;
using Roku.Events.Tool.Commands;
using Roku.Events.Tool.Input;
using Roku.Events.Tool.Mapping;
using Roku.Events.Tool.Sending;
using Spectre.Console;

namespace Roku.Events.Tool;

// The commands and their options.
internal static class CommandLine
{
    public const string ExitCodes = """
        Exit codes: 0 all delivered; 1 done, with some events rejected; 2 arguments, mapping or file are wrong;
        3 stopped before the end, run it again to go on; 4 some events may have arrived too long ago, say --in-doubt.
        """;

    public static RootCommand Create(Surroundings surroundings)
    {
        var root = new RootCommand("Sends events to Roku's Events API from files, checks them first, and emulates Roku on this machine. The key is read from the environment (Roku__ApiKey) or the user secret Roku:ApiKey of 'roku-events'.")
        {
            Send(surroundings),
            Validate(surroundings),
            Retry(surroundings),
            Hash(surroundings),
            Emulator(surroundings),
        };
        return root;
    }

    private static Command Send(Surroundings surroundings)
    {
        var options = new SendOptions();
        var validateOnly = new Option<bool>("--validate-only") { Description = "Have Roku check the events and ingest none (/v1/test_events)." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check the events here; nothing leaves this machine." };
        var command = new Command("send", $"Sends the events of CSV or JSON Lines files, compressed with gzip or not. A run that ends early is gone on with by the same command. {ExitCodes}")
        {
            options.Files, options.Mapping, options.Map, options.Skip, options.GroupBy, options.TimeZone, options.TimeFormat, options.Format, options.Delimiter, options.PhoneRegion,
            options.EventGroup, options.Endpoint, options.Rate, options.GiveUpAfter, validateOnly, dryRun, options.Yes, options.Restart, options.InDoubt, options.Rejected,
        };
        command.SetAction((parse, cancellationToken) => Guard(surroundings, async () =>
        {
            var mode = parse.GetValue(dryRun) ? SendMode.DryRun : parse.GetValue(validateOnly) ? SendMode.ValidateOnly : SendMode.Send;
            return await new SendCommand(surroundings, options.Read(parse, mode)).RunAsync(cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static Command Validate(Surroundings surroundings)
    {
        var options = new SendOptions { Rejected = new("--rejected") { Description = "File for rejected events; none when not given." } };
        var command = new Command("validate", "Checks files as send would, and says what is wrong with which lines; nothing leaves this machine. delivered= counts what would be sent.")
        {
            options.Files, options.Mapping, options.Map, options.Skip, options.GroupBy, options.TimeZone, options.TimeFormat, options.Format, options.Delimiter, options.PhoneRegion, options.Rejected,
        };
        command.SetAction((parse, cancellationToken) => Guard(surroundings, () =>
            new SendCommand(surroundings, options.Read(parse, SendMode.DryRun)).RunAsync(cancellationToken)));
        return command;
    }

    private static Command Retry(Surroundings surroundings)
    {
        var options = new SendOptions { Files = { Description = "Files that UseDeadLetterFile wrote." } };
        var command = new Command("retry", $"Sends dead letters again, under the event ids and the event group that they had. Can be gone on with, as send. {ExitCodes}")
        {
            options.Files, options.Skip, options.EventGroup, options.Endpoint, options.Rate, options.GiveUpAfter, options.Restart, options.InDoubt, options.Rejected,
        };
        command.SetAction((parse, cancellationToken) => Guard(surroundings, () =>
            new SendCommand(surroundings, DeadLetters.Settings(options.Read(parse, SendMode.Send), surroundings)).RunAsync(cancellationToken)));
        return command;
    }

    private static Command Hash(Surroundings surroundings)
    {
        var kind = new Argument<string>("kind") { Description = string.Join(", ", HashCommand.Kinds) };
        kind.AcceptOnlyFromAmong(HashCommand.Kinds);
        var region = PhoneRegion();
        var command = new Command("hash", "Prints the SHA-256 of an identifier as it is sent; of a phone number, by both of Roku's rules. Asks for the value without showing it, or reads one a line from standard input.") { kind, region };
        command.SetAction((parse, cancellationToken) => Guard(surroundings, () =>
            new HashCommand(surroundings, parse.GetRequiredValue(kind), parse.GetValue(region)).RunAsync(cancellationToken)));
        return command;
    }

    private static Command Emulator(Surroundings surroundings)
    {
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; 0 for any.", DefaultValueFactory = _ => 5080 };
        var group = new Option<string?>("--event-group") { Description = "The only event group to take; any when not given." };
        var command = new Command("emulator", "Runs a strict stand-in for Roku's API on this machine, with a page that shows what arrives.") { port, group };
        command.SetAction((parse, cancellationToken) => Guard(surroundings, () =>
            new EmulatorCommand(surroundings, parse.GetValue(port), parse.GetValue(group)).RunAsync(cancellationToken)));
        return command;
    }

    private static Option<string?> PhoneRegion() =>
        new("--phone-region") { Description = "Hash phone numbers by E.164, national ones as of this region (US, GB, …)." };

    private static async Task<int> Guard(Surroundings surroundings, Func<Task<ExitCode>> run)
    {
        try
        {
            return (int)await run().ConfigureAwait(false);
        }
        catch (ToolException exception)
        {
            surroundings.Console.WriteLine(exception.Message);
            return (int)exception.Code;
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Stopped;
        }
    }

    private sealed class SendOptions
    {
        public Argument<string[]> Files { get; init; } = new("files") { Description = "Files to read; - for standard input.", Arity = ArgumentArity.OneOrMore };

        public Option<string?> Mapping { get; } = new("--mapping") { Description = "JSON file that says which column fills which field." };

        public Option<string[]> Map { get; } = new("--map") { Description = "field=Column, field==constant, field=\"text {Column}\" or field=\"sum(A*B)\". Can be repeated." };

        public Option<string[]> Skip { get; } = new("--skip") { Description = "Column=pattern or Column!=pattern: rows not to send. Can be repeated." };

        public Option<string?> GroupBy { get; } = new("--group-by") { Description = "Column that neighbouring rows of one event share, such as the order number." };

        public Option<string?> TimeZone { get; } = new("--time-zone") { Description = "Zone of times without an offset, such as Europe/London. UTC when not given." };

        public Option<string?> TimeFormat { get; } = new("--time-format") { Description = "Form of times that are not ISO 8601, such as dd/MM/yyyy HH:mm." };

        public Option<InputFormat?> Format { get; } = new("--format") { Description = "Csv or JsonLines; by the file's name when not given." };

        public Option<string?> Delimiter { get; } = new("--delimiter") { Description = "The character between values, or tab; found out when not given." };

        public Option<string?> PhoneRegion { get; } = CommandLine.PhoneRegion();

        public Option<string?> EventGroup { get; } = new("--event-group") { Description = "The event group; Roku__EventGroupId when not given." };

        public Option<string?> Endpoint { get; } = new("--endpoint") { Description = "Address of the API; Roku's when not given." };

        public Option<int?> Rate { get; } = new("--rate") { Description = "Events a second at most." };

        public Option<int> GiveUpAfter { get; } = new("--give-up-after") { Description = "Minutes to keep trying while Roku does not answer.", DefaultValueFactory = _ => 15 };

        public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Take guessed columns without asking." };

        public Option<bool> Restart { get; } = new("--restart") { Description = "Forget the journal of earlier runs and send everything." };

        public Option<InDoubtChoice> InDoubt { get; } = new("--in-doubt") { Description = "What to do with events that may have arrived more than 9 minutes ago: Send or Skip." };

        public Option<string?> Rejected { get; init; } = new("--rejected") { Description = "File for rejected events; FILE.rejected.csv when not given." };

        public SendSettings Read(ParseResult parse, SendMode mode)
        {
            var rate = parse.GetValue(Rate);
            if (rate is < 1 || parse.GetValue(GiveUpAfter) < 0)
            {
                throw new ToolException("--rate takes 1 or more events a second, --give-up-after 0 or more minutes.");
            }

            var files = parse.GetRequiredValue(Files);
            if (files.Length > 1 && parse.GetValue(Rejected) is not null)
            {
                throw new ToolException("--rejected names one file; send the files one by one, or leave it out.");
            }

            return new SendSettings
            {
                Files = files,
                Mapping = () => ReadMapping(parse),
                Destination = new Destination(ReadEndpoint(parse.GetValue(Endpoint)), parse.GetValue(EventGroup), mode == SendMode.DryRun),
                Mode = mode,
                Format = parse.GetValue(Format),
                Delimiter = ReadDelimiter(parse.GetValue(Delimiter)),
                PhoneRegion = parse.GetValue(PhoneRegion),
                Rate = rate,
                Patience = TimeSpan.FromMinutes(parse.GetResult(GiveUpAfter) is null ? 15 : parse.GetValue(GiveUpAfter)),
                Yes = parse.GetValue(Yes),
                Restart = parse.GetValue(Restart),
                InDoubt = parse.GetValue(InDoubt),
                RejectedPath = parse.GetValue(Rejected),
            };
        }

        private MappingSettings ReadMapping(ParseResult parse)
        {
            var settings = MappingSettings.Read(parse.GetValue(Mapping));
            foreach (var text in parse.GetValue(Map) ?? [])
            {
                settings.Map(text);
            }

            settings.Skip.AddRange(parse.GetValue(Skip) ?? []);
            settings.GroupBy = parse.GetValue(GroupBy) ?? settings.GroupBy;
            settings.TimeZone = parse.GetValue(TimeZone) ?? settings.TimeZone;
            settings.TimeFormat = parse.GetValue(TimeFormat) ?? settings.TimeFormat;
            return settings;
        }

        private static Uri? ReadEndpoint(string? text) =>
            text is null ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var endpoint) ? endpoint
            : throw new ToolException($"--endpoint {text} is no absolute address, such as https://events.ads.rokuapi.net.");

        private static char? ReadDelimiter(string? text) => text switch
        {
            null => null,
            "tab" or "\\t" => '\t',
            { Length: 1 } when char.IsAscii(text[0]) => text[0],
            _ => throw new ToolException("--delimiter takes one ASCII character, or tab."),
        };
    }
}
