using Microsoft.Extensions.DependencyInjection;
using Roku.Events.Emulator;

namespace Roku.Events.Chaos;

// Bad events among a thousand, refused as a whole by a server that names none of them.
internal static class PoisonRun
{
    private const int Events = 1_000;

    public static async Task<int> RunAsync(int poison)
    {
        await using var emulator = new RokuEmulator(new RokuEmulatorOptions
        {
            Rejection = RejectionMode.WholeBatch,
            FailedEvents = FailedEventsShape.None,
            RefuseWhen = Book.RefuseWhen,
        });
        var services = new ServiceCollection();
        services.AddRokuEvents().UseEmulator(emulator);
        await using var provider = services.BuildServiceProvider();
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        var random = new Random(1);
        var bad = Enumerable.Range(0, Events).OrderBy(_ => random.Next()).Take(poison).ToHashSet();
        for (var i = 0; i < Events; i++)
        {
            await dispatcher.EnqueueAsync(RokuEvent.Create(EventName.Purchase)
                .From(EventSource.Website)
                .WithId(Book.IdOf(0, i, bad.Contains(i)))
                .WithUser(user => user.RokuAdvertisingId("rida"))
                .Build());
        }

        await dispatcher.FlushAsync();
        var counts = dispatcher.Counts;
        var bound = (2 * poison * (int)Math.Ceiling(Math.Log2(Events))) + 1;
        Console.WriteLine($"poison={poison} events={Events} requests={emulator.RequestsReceived} bound={bound} delivered={counts.Delivered} rejected={counts.Rejected}");
        return emulator.RequestsReceived <= bound && counts.Rejected == poison && counts.Delivered == Events - poison ? 0 : 1;
    }
}
