using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Roku.Events.Tool.Input;
using Roku.Events.Tool.Mapping;
using Roku.Events.Tool.Sending;
using Spectre.Console;

namespace Roku.Events.Tool.Commands;

// send, validate and retry: the events of some files, one file after another.
internal sealed class SendCommand(Surroundings surroundings, SendSettings settings)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public async Task<ExitCode> RunAsync(CancellationToken stop)
    {
        await using var services = ClientFactory.Create(surroundings, settings.Destination, settings.PhoneRegion);
        var options = ClientFactory.Options(services);

        // A request under way is let end, so that its outcome is known; a second interrupt, or a server that hangs, does not wait.
        using var abort = new CancellationTokenSource();
        await using var afterGrace = stop.Register(() => abort.CancelAfter(Grace));
        var (totals, code) = (default(Totals), ExitCode.Ok);
        foreach (var path in settings.Files)
        {
            var (ofFile, codeOfFile) = await SendFileAsync(path, services, options, stop, abort.Token).ConfigureAwait(false);
            totals += ofFile;
            code = codeOfFile > code ? codeOfFile : code;
            if (codeOfFile > ExitCode.SomeRejected)
            {
                break;
            }
        }

        await surroundings.Out.WriteLineAsync(totals.ToString()).ConfigureAwait(false);
        return code;
    }

    private async Task<(Totals Totals, ExitCode Code)> SendFileAsync(string path, IServiceProvider services, RokuEventsOptions options, CancellationToken stop, CancellationToken abort)
    {
        using var input = InputFile.Open(path, surroundings);
        var isJson = (settings.Format ?? input.GuessFormat()) == InputFormat.JsonLines;
        var told = settings.Mapping();
        using RowSource source = isJson
            ? new JsonRows(input.Content, settings.IsDeadLetters ? "event." : "") { IsStrict = told.Fields.Count == 0, TakesExtras = settings.IsDeadLetters }
            : new CsvRows(input.Content, settings.Delimiter);
        var mapping = FileMapping.Of(told, source.Header, settings.IsDeadLetters ? "event." : "");
        source.Select(mapping.Columns, EventFactory.HashesContent(mapping));
        await ShowAndConfirmAsync(input, mapping, source.Header, stop).ConfigureAwait(false);

        using var journal = OpenJournal(input, mapping, options);
        if (journal?.IsComplete == true)
        {
            surroundings.Console.MarkupLineInterpolated($"{input.Name} was sent before and is complete. --restart would send it again.");
            return (journal.Totals, journal.Totals.Rejected > 0 ? ExitCode.SomeRejected : ExitCode.Ok);
        }

        using var rejected = OpenRejected(input, journal);
        var client = services.GetRequiredService<RokuEventsClient>();
        var events = new EventFactory(mapping, input.Name, services.GetRequiredService<IdentifierHasher>(), surroundings.Time);
        SendEvents? send = settings.Mode switch
        {
            SendMode.Send => client.SendAsync,
            SendMode.ValidateOnly => client.ValidateAsync,
            _ => null,
        };
        var candidates = new Candidates(source, mapping);
        var sender = new FileSender(input, candidates, new ChunkDelivery(events, send, settings.Patience, surroundings.Time), surroundings.Time)
        {
            Journal = journal,
            Rejected = rejected,
            Rate = settings.Rate,
            InDoubt = settings.InDoubt,
        };
        if (journal is { IsResumed: true })
        {
            surroundings.Console.MarkupLineInterpolated($"Going on where the last run ended: {journal.Totals.Delivered:N0} delivered, {journal.Totals.Rejected:N0} rejected before.");
        }

        await new ProgressView(surroundings, input.Name, sender.Progress).ShowAsync(sender.RunAsync(stop, abort)).ConfigureAwait(false);
        return (sender.Totals, Account(input, sender, rejected));
    }

    private async Task ShowAndConfirmAsync(InputFile input, FileMapping mapping, IReadOnlyList<string>? header, CancellationToken cancellationToken)
    {
        if (!mapping.IsGuessed)
        {
            return;
        }

        var table = new Table().Title($"Columns of {Markup.Escape(input.Name)}").AddColumns("field", "from", "");
        foreach (var field in mapping.Fields)
        {
            table.AddRow(Markup.Escape(field.Field.Path), Markup.Escape(field.Text), field.Origin == Origin.Guessed ? "guessed" : "told");
        }

        var unused = header!.Except(mapping.Columns).ToList();
        table.Caption($"Times without an offset are read as {Markup.Escape(mapping.Times.Zone)}. Not used: {Markup.Escape(unused.Count == 0 ? "none" : string.Join(", ", unused))}.");
        surroundings.Console.Write(table);
        if (settings.Yes || settings.Mode == SendMode.DryRun)
        {
            return;
        }

        if (!surroundings.IsInteractive || input.IsStandardInput)
        {
            throw new ToolException("Some columns are guessed by their names. Look at the table above, then say --yes, or map them with --map or --mapping.");
        }

        if (!await new ConfirmationPrompt("Send the file so?") { DefaultValue = false }.ShowAsync(surroundings.Console, cancellationToken).ConfigureAwait(false))
        {
            throw new ToolException("Nothing was sent.");
        }
    }

    // Standard input cannot be read again, and a check leaves nothing to go on with.
    private Journal? OpenJournal(InputFile input, FileMapping mapping, RokuEventsOptions options) =>
        settings.Mode != SendMode.Send || input.IsStandardInput ? null : Journal.OpenOrCreate(
            input.Path + ".journal",
            new JournalHeader
            {
                File = input.Name,
                Content = input.Fingerprint(),
                Mapping = mapping.Hash(),
                Identifiers = Rules(options.Identifiers),
                EventGroupId = options.EventGroupId,
                Endpoint = options.Endpoint,
            },
            settings.Restart);

    private string Rules(IdentifierOptions rules) =>
        $"PhoneRule {rules.PhoneRule}, DefaultCallingCode {rules.DefaultCallingCode ?? "none"}, --phone-region {settings.PhoneRegion ?? "none"}, DropEmailAlias {rules.DropEmailAlias}";

    private RejectedFile? OpenRejected(InputFile input, Journal? journal)
    {
        if ((settings.RejectedPath ?? (journal is null ? null : input.Path + ".rejected.csv")) is not { } path)
        {
            return null;
        }

        var file = new RejectedFile(path);
        file.Begin(journal?.RejectedBytes ?? 0);
        return file;
    }

    private ExitCode Account(InputFile input, FileSender sender, RejectedFile? rejected)
    {
        ShowProblems(sender.Problems);
        if (rejected is not null && sender.Totals.Rejected > 0)
        {
            surroundings.Console.MarkupLineInterpolated($"Rejected events, with line, field, rule and fix: {rejected.Path}");
        }

        if (sender.Obstacle is { } obstacle)
        {
            surroundings.Console.MarkupLineInterpolated($"[red]Stopped: {obstacle}.[/] {Advice(obstacle, input)}");
            return ExitCode.Stopped;
        }

        return sender.Totals.Rejected > 0 ? ExitCode.SomeRejected : ExitCode.Ok;
    }

    private string Advice(string obstacle, InputFile input) =>
        (ChunkDelivery.IsRefusedKey(obstacle) ? "Roku refused the key; set Roku__ApiKey to the one of this event group. " : "") +
        (settings.Mode != SendMode.Send ? "Run it again."
            : input.IsStandardInput ? "Standard input has no journal: save it to a file to be able to go on."
            : "The same command goes on from here; what was delivered is not sent again.");

    private void ShowProblems(ProblemSummary problems)
    {
        var table = new Table().AddColumns("field", "rule", "fix", "events", "first lines");
        foreach (var (problem, count, lines) in problems.MostFrequent.Take(20))
        {
            table.AddRow(
                Markup.Escape(problem.Field),
                Markup.Escape(problem.Rule),
                Markup.Escape(problem.Fix),
                count.ToString("N0", CultureInfo.InvariantCulture),
                string.Join(", ", lines));
        }

        if (table.Rows.Count > 0)
        {
            surroundings.Console.Write(table);
        }

        if (problems.Others > 0)
        {
            surroundings.Console.MarkupLineInterpolated($"and {problems.Others:N0} problems of other kinds");
        }
    }
}
