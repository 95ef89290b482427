using System.CommandLine;
using Roku.Events.Tool;

// A command that is interrupted ends its requests first.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
return await CommandLine.Create(Surroundings.OfThisProcess()).Parse(args).InvokeAsync(configuration);
