using System.Net;
using System.Text;

namespace Roku.Events.Concurrency;

internal enum Reply
{
    Accept,
    RejectFirst,
    Refuse,
    Unavailable,

    // Until it is cancelled.
    Hang,

    // Until HoldUntil says so, deaf to cancellation; then it accepts.
    Hold,

    // For good, deaf to cancellation.
    HangForGood,
}

// What is below the client: it answers at any later moment, and tells at once when a request should not have been made.
internal sealed class FakeServer(World world) : HttpMessageHandler, IHttpClientFactory
{
    private const string IdField = "\"event_id\":\"";

    private readonly HashSet<string> _inFlight = [];

    // By number of the request, from 1.
    public Func<int, Reply> Script { get; set; } = _ => Reply.Accept;

    public Func<bool> HoldUntil { get; set; } = () => true;

    // Null when any key will do.
    public string? GoodKey { get; set; }

    public HashSet<string> Accepted { get; } = [];

    public HashSet<string> Rejected { get; } = [];

    // Ids whose answer the client may not have got.
    public HashSet<string> Unanswered { get; } = [];

    public int Requests { get; private set; }

    public int Busy { get; private set; }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var key = request.Headers.Authorization!.Parameter;
        var ids = Ids(await request.Content!.ReadAsStringAsync(CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        var reply = GoodKey is not null && key != GoodKey ? Reply.Refuse : Script(++Requests);
        Begin(ids);
        await Task.Yield();
        try
        {
            switch (reply)
            {
                case Reply.HangForGood:
                    Unanswered.UnionWith(ids);
                    await new TaskCompletionSource().Task;
                    break;
                case Reply.Hang:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case Reply.Hold:
                    await world.Scheduler.Until("let go", HoldUntil);
                    break;
            }

            if (reply != Reply.Hold)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            else if (cancellationToken.IsCancellationRequested)
            {
                Unanswered.UnionWith(ids);
            }

            return Answer(reply, ids);
        }
        finally
        {
            Busy--;
            _inFlight.ExceptWith(ids);
        }
    }

    private void Begin(List<string> ids)
    {
        Busy++;
        world.Check(ids.Count > 0, "a request without events");
        world.Check(!world.IsDrained, "a request after the drain had finished");
        world.Check(Busy <= world.Options.Delivery.MaxConcurrentRequests, $"{Busy} requests at a time");
        foreach (var id in ids)
        {
            world.Check(_inFlight.Add(id), $"{id} is sent twice at the same time");
            world.Check(!Accepted.Contains(id) && !Rejected.Contains(id), $"{id} is sent again after it had its answer");
            world.Check(!world.Settled.Contains(id), $"{id} is sent after a flush had waited for it");
            world.Check(world.Tried.Contains(id), $"{id} was never enqueued");
        }
    }

    private HttpResponseMessage Answer(Reply reply, List<string> ids)
    {
        switch (reply)
        {
            case Reply.Refuse:
                return Message(401, "{}");
            case Reply.Unavailable:
                return Message(503, "{}");
            case Reply.RejectFirst:
                Rejected.Add(ids[0]);
                Accepted.UnionWith(ids.Skip(1));
                return Message(210, $$"""{"failed_events":[{"event_id":"{{ids[0]}}","error_message":"no"}]}""");
            default:
                Accepted.UnionWith(ids);
                return Message(200, "{}");
        }
    }

    private static HttpResponseMessage Message(int status, string body) =>
        new((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };

    private static List<string> Ids(string body)
    {
        var ids = new List<string>();
        for (var at = body.IndexOf(IdField, StringComparison.Ordinal); at >= 0; at = body.IndexOf(IdField, at, StringComparison.Ordinal))
        {
            at += IdField.Length;
            ids.Add(body[at..body.IndexOf('"', at)]);
        }

        return ids;
    }
}
