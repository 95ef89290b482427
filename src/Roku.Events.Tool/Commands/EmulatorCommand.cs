using Roku.Events.Emulator;
using Spectre.Console;

namespace Roku.Events.Tool.Commands;

// A Roku on this machine, with a page that shows what it gets.
internal sealed class EmulatorCommand(Surroundings surroundings, int port, string? eventGroup)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        await using var emulator = new RokuEmulator(new RokuEmulatorOptions { EventGroupId = eventGroup }, surroundings.Time);
        Uri address;
        try
        {
            address = await emulator.ListenAsync(port, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new ToolException($"Port {port} cannot be used: {exception.Message} Name another with --port, or 0 for any.");
        }

        surroundings.Console.WriteLine("Roku's Events API, emulated: reachable from this machine only, takes any key, remembers nothing after its end.");
        surroundings.Console.WriteLine("Open the address below in a browser, and send there:");
        surroundings.Console.WriteLine($"  roku-events send FILE --endpoint {address} --event-group {eventGroup ?? "demo"}");
        surroundings.Console.WriteLine("Ctrl+C ends it.");
        await surroundings.Out.WriteLineAsync(address.ToString()).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, surroundings.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Ok;
    }
}
