using System.Collections.Concurrent;
using System.Text.Json;
using Roku.Events.Emulator;

namespace Roku.Events.Chaos;

// What the driver itself knows: which events were accepted, what the dead-letter handler was given, what arrived.
internal sealed class Book(bool handlerThrows, int seed)
{
    private const string Bad = "bad-";

    private readonly ConcurrentDictionary<string, byte> _accepted = new();
    private readonly ConcurrentDictionary<string, DeadLetter> _letters = new();
    private readonly ConcurrentQueue<string> _doubts = new();
    private readonly Random _random = new(seed);

    public static string IdOf(int producer, int number, bool bad) => $"{(bad ? Bad : "")}{producer}-{number}";

    // Every server would refuse it, every time.
    public static string? RefuseWhen(JsonElement json) =>
        json.TryGetProperty("event_id", out var id) && id.GetString()!.StartsWith(Bad, StringComparison.Ordinal) ? "is bad" : null;

    public void Accepted(string id) => _accepted[id] = 0;

    public Task TakeAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_random)
        {
            if (handlerThrows && _random.Next(3) == 0)
            {
                throw new IOException("The disk is full, says the driver.");
            }
        }

        foreach (var letter in letters)
        {
            using var json = JsonDocument.Parse(letter.Json);
            if (json.RootElement.GetProperty("event_id").GetString() != letter.EventId)
            {
                _doubts.Enqueue($"the JSON of {letter.EventId} is another event's");
            }

            if (!_letters.TryAdd(letter.EventId, letter))
            {
                _doubts.Enqueue($"{letter.EventId} was handed over twice: {_letters[letter.EventId].Outcome}, {letter.Outcome}");
            }
        }

        return Task.CompletedTask;
    }

    // Settles every event by what the library said and what the server has.
    public void Settle(Tally tally, DispatcherCounts counts, long lettersLost, RokuEmulator emulator)
    {
        var unexplained = new List<string>();
        var arrived = emulator.Events.Select(received => received.Id!).ToHashSet();
        foreach (var id in _accepted.Keys)
        {
            if (!_letters.TryGetValue(id, out var letter))
            {
                // The library says that it was delivered, or that the handler did not take it in time.
                if (!arrived.Contains(id))
                {
                    unexplained.Add(id);
                }
            }
            else if (letter.Outcome == EventOutcome.Rejected)
            {
                Problem(tally, !id.StartsWith(Bad, StringComparison.Ordinal) || arrived.Contains(id), $"{id} is said to be rejected ({letter.Reason})");
            }
            else
            {
                // It may have arrived without an answer, but not without a request.
                Problem(tally, letter.Attempts == 0 && arrived.Contains(id), $"{id} arrived, and is said to be {letter.Outcome} without any request");
            }
        }

        var unknown = arrived.Concat(_letters.Keys).Count(id => !_accepted.ContainsKey(id));
        Problem(tally, unknown > 0, $"{unknown} events that the library did not accept arrived or were handed over");
        Problem(tally, counts.Accepted != _accepted.Count, $"{_accepted.Count} events were accepted, the library says {counts.Accepted}");
        tally.HandedOver = _letters.Count;
        tally.NotTaken = lettersLost;
        tally.Lost = Math.Max(0, unexplained.Count - lettersLost);
        Problem(tally, tally.Lost > 0, $"{unexplained.Count} events ({string.Join(", ", unexplained.Take(5))}) neither arrived nor were handed over, the library says {lettersLost}");
        var gone = _letters.Count + lettersLost;
        Problem(tally, counts.Delivered != _accepted.Count - gone, $"{_accepted.Count - gone} events were not given up, the library says {counts.Delivered} were delivered");
        Problem(tally, counts.HandedOver != _letters.Count, $"{_letters.Count} events were handed over, the library says {counts.HandedOver}");
        foreach (var (outcome, count) in new[] { (EventOutcome.Rejected, counts.Rejected), (EventOutcome.Expired, counts.Expired), (EventOutcome.Dropped, counts.Dropped) })
        {
            var handedOver = _letters.Values.Count(letter => letter.Outcome == outcome);
            Problem(tally, handedOver > count || handedOver + lettersLost < count, $"{handedOver} events were handed over as {outcome}, the library counts {count}");
        }

        tally.Problems.AddRange(_doubts);
        tally.Misreported += _doubts.Count;
    }

    private static void Problem(Tally tally, bool found, string what)
    {
        if (found)
        {
            tally.Problems.Add(what);
            tally.Misreported++;
        }
    }
}
