using System.Text;
using Spectre.Console;

namespace Roku.Events.Tool.Commands;

// Prints the hash of a value that is read without being shown, to compare with what another system sends.
internal sealed class HashCommand(Surroundings surroundings, string kind, string? phoneRegion)
{
    public static readonly string[] Kinds = ["email", "phone", "first-name", "last-name", "birth-date", "gender"];

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        if (surroundings.InputIsTerminal)
        {
            var value = await new TextPrompt<string>($"{kind} (not shown):").Secret(null).ShowAsync(surroundings.Console, cancellationToken).ConfigureAwait(false);
            return Print(value) ? ExitCode.Ok : ExitCode.SomeRejected;
        }

        var areAllGood = true;
        using var reader = new StreamReader(surroundings.OpenInput(), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            areAllGood &= line.Length == 0 || Print(line);
        }

        return areAllGood ? ExitCode.Ok : ExitCode.SomeRejected;
    }

    private bool Print(string value)
    {
        if (kind == "phone")
        {
            var options = new IdentifierOptions { PhoneRule = PhoneRule.E164 };
            options = phoneRegion is null ? options : WithRegion(options, phoneRegion);
            var digits = Try("digits only", hasher => hasher.HashPhone(value), IdentifierHasher.Default);
            return Try("E.164", hasher => hasher.HashPhone(value), new IdentifierHasher(options)) && digits;
        }

        return Try(kind, hasher => kind switch
        {
            "email" => hasher.HashEmail(value),
            "first-name" => hasher.HashFirstName(value),
            "last-name" => hasher.HashLastName(value),
            "birth-date" => hasher.HashBirthDate(value),
            _ => hasher.HashGender(value),
        }, IdentifierHasher.Default);
    }

    private bool Try(string rule, Func<IdentifierHasher, IdentifierHash?> hash, IdentifierHasher hasher)
    {
        try
        {
            surroundings.Out.WriteLine($"{rule,-12}{hash(hasher)?.ToString() ?? "empty: not sent"}");
            return true;
        }
        catch (FormatException exception)
        {
            // The library's messages never repeat the value.
            surroundings.Out.WriteLine($"{rule,-12}none: {exception.Message}");
            return false;
        }
    }

    private static IdentifierOptions WithRegion(IdentifierOptions options, string region)
    {
        try
        {
            return options.UsePhoneNumbers(region);
        }
        catch (ArgumentException exception)
        {
            throw new ToolException($"--phone-region: {exception.Message}");
        }
    }
}
