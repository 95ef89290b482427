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
//   --Worker:Pause MS          between two events of a producer, in milliseconds (0)
//   --Worker:Outbox sqlite:PATH or redis:CONFIGURATION
//   --Worker:DeadLetters PATH  a dead-letter file
// Writes "+ORDER" once an event was accepted and "-ORDER WHY" when it was not, "enqueued" after the last, and its counts at the end.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
var roku = builder.Services.AddRokuEvents();
if (builder.Configuration["Worker:DeadLetters"] is { } path)
{
    roku.UseDeadLetterFile(path);
}

// As short as it may be: those who wait for the end of a lease are tests.
switch (builder.Configuration["Worker:Outbox"]?.Split(':', 2))
{
    case ["sqlite", var file]:
        roku.UseSqliteOutbox(file, options => (options.LeaseTime, options.BusyTimeout) = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)));
        break;
    case ["redis", var server]:
        roku.UseRedisOutbox(server, options => options.LeaseTime = TimeSpan.FromSeconds(5));
        break;
}

builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
builder.Services.AddHostedService<Producer>();
using var host = builder.Build();
var dispatcher = host.Services.GetRequiredService<IBatchDispatcher>();
await host.RunAsync();
Console.WriteLine(dispatcher.Counts);
