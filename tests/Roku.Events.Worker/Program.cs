using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Roku.Events;
using Roku.Events.Worker;

// A service as a host would have it, in a process of its own, for tests that end processes.
//   --Roku:ApiKey, --Roku:EventGroupId and all other options of the library
//   --Worker:Name NAME         marks the ids of its events (w)
//   --Worker:Events N          how many events it enqueues before it waits for its end
//   --Worker:Producers P       how many enqueue side by side (1)
//   --Worker:DeadLetters PATH  a dead-letter file
// Writes "+ID" once an event was accepted, "enqueued" after the last, and its counts at the end.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
var roku = builder.Services.AddRokuEvents();
if (builder.Configuration["Worker:DeadLetters"] is { } path)
{
    roku.UseDeadLetterFile(path);
}

builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
builder.Services.AddHostedService<Producer>();
using var host = builder.Build();
var dispatcher = host.Services.GetRequiredService<IBatchDispatcher>();
await host.RunAsync();
Console.WriteLine(dispatcher.Counts);
