using System.Collections.Concurrent;
using System.Diagnostics;

namespace Roku.Events.Tests.Observability;

public sealed class TraceTests : IDisposable
{
    // Other tests send too: only the spans with this client's marks are looked at.
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivitySource _source = new($"test-{Guid.NewGuid()}");
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Roku.Events" || source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task A_batch_is_a_span_with_links_to_what_enqueued_its_events()
    {
        await using var client = TestClient.WithEmulator();
        await OrderAsync(client, orders: 2, eventsOfEach: 3);

        await client.Dispatcher.FlushAsync(Cancel);

        var send = Sent();
        Assert.Equal(ActivityKind.Client, send.Kind);
        Assert.Equal(ActivityStatusCode.Unset, send.Status);
        Assert.Equal(2, send.Links.Count());
        Assert.Null(send.ParentId);
        Assert.Equal(
            [("roku.batch.attempt", 1), ("roku.batch.bytes", (int)client.Emulator.Requests[0].Bytes), ("roku.batch.size", 6), ("roku.client", "default"), ("roku.events.delivered", 6), ("roku.events.rejected", 0)],
            send.TagObjects.Select(tag => (tag.Key, tag.Value!)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_has_at_most_a_hundred_and_twenty_eight_links()
    {
        await using var client = TestClient.WithEmulator();
        await OrderAsync(client, orders: 500, eventsOfEach: 1);

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal(128, Sent().Links.Count());
    }

    [Fact]
    public async Task A_batch_that_cannot_be_delivered_says_so()
    {
        var status = 503;
        await using var client = TestClient.Answering(_ => TestClient.Answer(status));
        await OrderAsync(client, orders: 1, eventsOfEach: 1);

        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Logs.Count(5) > 0, TimeSpan.Zero);
        status = 200;
        await client.AdvanceOutageUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(5));

        var spans = Spans();
        Assert.Equal((ActivityStatusCode.Error, "503"), (spans[0].Status, spans[0].GetTagItem("error.type")));
        Assert.Equal((ActivityStatusCode.Unset, 2), (spans[^1].Status, spans[^1].GetTagItem("roku.batch.attempt")));
    }

    private async Task OrderAsync(TestClient client, int orders, int eventsOfEach)
    {
        using var day = _source.StartActivity("day");
        for (var i = 0; i < orders; i++)
        {
            using var order = _source.StartActivity("order");
            await client.EnqueueAsync(eventsOfEach);
        }
    }

    private Activity Sent() => Assert.Single(Spans());

    private Activity[] Spans()
    {
        var ours = _stopped.Where(activity => activity.Source == _source).Select(activity => activity.TraceId).ToHashSet();
        return [.. _stopped.Where(activity => activity.OperationName == "roku.events.send" && activity.Links.Any(link => ours.Contains(link.Context.TraceId)))];
    }
}
