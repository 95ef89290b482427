using Roku.Events.KillTests;

// Kills workers at random moments while they enqueue and send, and checks that every event they acknowledged arrives.
//   --outbox sqlite|redis   what they share (sqlite)
//   --kills N               how many workers are killed (10)
//   --workers W             how many run at a time (2 with sqlite, 3 with redis)
//   --seed S                repeats the moments, as far as a machine repeats itself
var (outbox, kills, workers, seed) = ("sqlite", 10, 0, Environment.TickCount);
for (var i = 0; i < args.Length; i += 2)
{
    switch (args[i], i + 1 < args.Length ? args[i + 1] : "")
    {
        case ("--outbox", "sqlite" or "redis"):
            outbox = args[i + 1];
            break;
        case ("--kills", var text) when int.TryParse(text, out var number) && number > 0:
            kills = number;
            break;
        case ("--workers", var text) when int.TryParse(text, out var number) && number > 0:
            workers = number;
            break;
        case ("--seed", var text) when int.TryParse(text, out var number):
            seed = number;
            break;
        default:
            Console.Error.WriteLine("usage: [--outbox sqlite|redis] [--kills N] [--workers W] [--seed S]");
            return 2;
    }
}

Console.WriteLine($"seed {seed}");
using ISharedOutbox shared = outbox == "redis" ? new SharedRedis() : new SharedFile();
await using var run = new KillRun(shared, workers > 0 ? workers : shared.DefaultWorkers, seed);
return await run.RunAsync(kills) ? 0 : 1;
