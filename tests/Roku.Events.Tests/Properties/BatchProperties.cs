using System.Text;
using System.Text.Json;
using CsCheck;

namespace Roku.Events.Tests.Properties;

public sealed class BatchProperties
{
    private static readonly EventName[] Names = [.. typeof(EventName).GetProperties().Where(p => p.PropertyType == typeof(EventName)).Select(p => (EventName)p.GetValue(null)!)];

    // Anything a caller may say of an event, right or absurd in content, but of the right form.
    private static readonly Gen<RokuEvent> Events = Gen.Select(Texts.Valid, Texts.Valid, Texts.Valid, Gen.Int[0, 28], Gen.Decimal[-1_000_000, 1_000_000], Gen.Int[0, 6])
        .Select((a, b, c, name, value, products) => RokuEvent.Create(Names[name])
            .From(EventSource.CtvApp)
            .WithId(a)
            .At(Some.Now.AddMinutes(-products))
            .WithLimitedDataUse(products % 2 == 0)
            .OnPage("https://shop.example/" + Uri.EscapeDataString(b))
            .WithUser(user => user.Email("jane@example.com").City(a).State(b).PostalCode(c).UserAgent(a + b).ExternalId(c).PixelCookie(b).GaMeasurementIds(a))
            .WithCustomData(data =>
            {
                data.Value(value, "EUR").OrderId(b).SearchString(c).UtmCampaign(a).ContentName(c).Status(b);
                for (var i = 0; i < products; i++)
                {
                    data.Product("sku" + i, i + 1, Math.Abs(value), DeliveryCategory.Curbside);
                }
            })
            .Build());

    [Fact]
    public async Task Every_event_that_is_built_is_accepted_by_the_emulator()
    {
        await using var client = TestClient.WithEmulator();

        await Events.Array[1, 20].SampleAsync(
            async events =>
            {
                var report = await client.Client.SendAsync(events);
                return report.Failures.Count == 0
                    ? true
                    : throw new InvalidOperationException(string.Join('\n', client.Emulator.Requests[^1].Problems.Select(problem => problem.Message)));
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void No_batch_passes_its_limits_and_none_is_cut_while_there_is_room() =>
        Gen.Select(Gen.Int[1, 3_000].Array[1, 200], Gen.Int[3_100, 20_000], Gen.Int[1, 100]).Sample((sizes, maxBytes, maxEvents) =>
        {
            var options = new RokuEventsOptions { EventGroupId = "Grüße" };
            (options.Batch.MaxBytes, options.Batch.MaxEvents) = (maxBytes, maxEvents);
            var settings = new ClientSettings(options);
            var outbox = new MemoryOutbox();
            var events = sizes.Select((size, i) => Encoding.UTF8.GetBytes("\"" + new string((char)('a' + (i % 26)), Math.Max(size, 2) - 2) + "\"")).ToList();
            foreach (var json in events)
            {
                Assert.True(outbox.TryAppend(json, 0, settings));
            }

            outbox.MarkOpenDue();
            var next = 0;
            while (outbox.Take() is { } batch)
            {
                Assert.InRange(batch.Bytes, 1, maxBytes);
                Assert.InRange(batch.Count, 1, maxEvents);
                using var body = JsonDocument.Parse(batch.Body);
                Assert.Equal("Grüße", body.RootElement.GetProperty("event_group_id").GetString());
                Assert.Equal(batch.Bytes, batch.Body.Length);
                foreach (var element in body.RootElement.GetProperty("events").EnumerateArray())
                {
                    Assert.Equal(Encoding.UTF8.GetString(events[next++]), element.GetRawText());
                }

                Assert.True(next == events.Count || batch.Count == maxEvents || batch.Bytes + 1 + events[next].Length > maxBytes);
                outbox.Complete(batch, null);
                batch.Release();
            }

            Assert.Equal(events.Count, next);
            Assert.Equal((0L, 0), (outbox.HeldBytes, outbox.Count));
        });

    [Fact]
    public void The_outbox_keeps_its_books_whatever_is_done_to_it() =>
        Gen.Select(Gen.Int[0, 99].Array[1, 300], Gen.Int[0, 1_000_000]).Sample((steps, seed) =>
        {
            var random = new Random(seed);
            var options = new RokuEventsOptions { EventGroupId = "group" };
            (options.Batch.MaxBytes, options.Batch.MaxEvents, options.Queue.MaxBytes) = (3_000, 7, 60_000);
            var settings = new ClientSettings(options);
            var outbox = new MemoryOutbox();
            var taken = new List<EventBatch>();
            var (appended, settled, now) = (0, 0, 0);
            foreach (var step in steps)
            {
                now++;
                switch (step)
                {
                    case < 60:
                        appended += outbox.TryAppend("\"event\""u8, now, settings) ? 1 : 0;
                        break;
                    case < 65:
                        outbox.MarkOpenDue();
                        break;
                    case < 80 when outbox.Take() is { } batch:
                        taken.Add(batch);
                        break;
                    case < 95 when taken.Count > 0:
                        var done = taken[random.Next(taken.Count)];
                        taken.Remove(done);
                        var kept = random.Next(done.Count + 1);
                        settled += done.Count - kept;
                        outbox.Complete(done, kept == 0 ? null : done.Slice(0, kept));
                        done.Release();
                        break;
                    case < 97:
                        settled += outbox.RemoveEnqueuedBefore(now - random.Next(50)).Sum(batch => batch.Count);
                        break;
                    case 97:
                        settled += outbox.RemoveOldestBatch()?.Count ?? 0;
                        break;
                }

                Assert.Equal(appended - settled, outbox.Count);
                Assert.Equal(outbox.Count, outbox.All().Sum(batch => batch.Count));
                Assert.Equal(outbox.HeldBytes, outbox.All().Sum(batch => batch.HeldBytes));
            }
        });
}
