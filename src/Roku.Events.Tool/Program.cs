using System.CommandLine;
using System.Runtime.InteropServices;
using Roku.Events.Tool;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// The library's own handling of signals leaves SIGTERM out.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await CommandLine.Create(Surroundings.OfThisProcess()).Parse(args).InvokeAsync(configuration, stop.Token);

// A command that is interrupted ends its requests first; interrupted twice it ends at once.
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
