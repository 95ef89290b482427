namespace Roku.Events.Concurrency;

internal sealed record Failure(string Seed, string Text, string Trace);
