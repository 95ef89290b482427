// A stranger's first program: made outside the repository, with nothing but the packages.
using Microsoft.Extensions.DependencyInjection;
using Roku.Events;
using Roku.Events.Emulator;

var services = new ServiceCollection();
services.AddRokuEvents().UseEmulator().UseSqliteOutbox(Path.Combine(Directory.CreateTempSubdirectory().FullName, "outbox.db"));
await using var provider = services.BuildServiceProvider();

var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
await dispatcher.EnqueueAsync(RokuEvent.Create(EventName.SignUp)
    .From(EventSource.Website)
    .WithUser(user => user.Email("jane@example.com"))
    .Build());
await dispatcher.FlushAsync();

var received = provider.GetRequiredService<RokuEmulator>().Events.Single();
Console.WriteLine($"the package delivers: {received.Name} {received.Json.GetProperty("user_data").GetProperty("em")}");
