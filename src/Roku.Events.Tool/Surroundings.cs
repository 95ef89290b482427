using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace Roku.Events.Tool;

// All that a command has of the world outside, so that tests can run one whole without a process.
internal sealed class Surroundings
{
    // Holds the key, from the environment or a user secret. It is never an argument: those show in process lists and histories.
    public required IConfiguration Configuration { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    // The account of what happened, and nothing else.
    public required TextWriter Out { get; init; }

    // Everything meant for a person.
    public required IAnsiConsole Console { get; init; }

    public required bool InputIsTerminal { get; init; }

    public bool IsInteractive => InputIsTerminal && Console.Profile.Capabilities.Interactive;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static Surroundings OfThisProcess() => new()
    {
        Configuration = new ConfigurationBuilder()
            .AddUserSecrets(typeof(Surroundings).Assembly, optional: true)
            .AddEnvironmentVariables()
            .Build(),
        OpenInput = System.Console.OpenStandardInput,
        Out = System.Console.Out,
        Console = ConsoleOf(System.Console.Error, System.Console.IsErrorRedirected),
        InputIsTerminal = !System.Console.IsInputRedirected,
    };

    public static IAnsiConsole ConsoleOf(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (isRedirected)
        {
            // A log has no width at which messages would have to break.
            console.Profile.Width = 1_000;
        }

        return console;
    }
}
