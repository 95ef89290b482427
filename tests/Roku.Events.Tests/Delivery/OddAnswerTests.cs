using System.Net;
using System.Text;

namespace Roku.Events.Tests.Delivery;

public sealed class OddAnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_success_whose_message_was_cut_inside_a_surrogate_pair_is_a_success()
    {
        var report = await SendThreeAsync(200, Encoding.UTF8.GetBytes("""{"code":200,"message":"thank you \ud83d"}"""));

        Assert.Equal("delivered=3 rejected=0 undelivered=0", report.ToString());
    }

    [Fact]
    public async Task A_partial_success_whose_error_is_no_utf_8_rejects_what_it_names()
    {
        var report = await SendThreeAsync(210, Encoding.Latin1.GetBytes("""{"failed_events":[{"index":1,"error":"région inconnue"}]}"""));

        Assert.Equal("delivered=2 rejected=1 undelivered=0", report.ToString());
        Assert.Equal(1, Assert.Single(report.Failures).Index);
    }

    [Fact]
    public async Task An_answer_of_odd_text_is_not_sent_again_and_again()
    {
        var requests = 0;
        await using var client = new ReloadableClient((_, _, _) =>
        {
            requests++;
            return Task.FromResult(TestClient.Answer(200, """{"message":"\ud83d"}"""));
        });
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        _ = client.Dispatcher.FlushAsync(Cancel);

        await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 1, () => client.Clock.Advance(TimeSpan.FromMilliseconds(20)));

        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task An_index_tells_two_events_of_the_same_id_apart()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(210, """{"failed_events":[{"index":1,"event_id":"ord-1","error":"bad"}]}"""));

        var report = await client.Client.SendAsync([Some.Purchase("ord-1"), Lead("ord-1")], Cancel);

        Assert.Equal(1, Assert.Single(report.Failures).Index);
    }

    [Fact]
    public async Task A_good_event_that_shares_the_id_of_a_bad_one_is_delivered_after_a_400()
    {
        var accepted = new List<string>();
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            var body = await request.Content!.ReadAsStringAsync(cancel);
            if (body.Contains("\"LEAD\"", StringComparison.Ordinal))
            {
                var index = body.Contains("\"PURCHASE\"", StringComparison.Ordinal) ? 1 : 0;
                return TestClient.Answer(400, $$"""{"errors":[{"index":{{index}},"event_id":"ord-1","message":"bad"}]}""");
            }

            accepted.Add(body);
            return TestClient.Answer(200);
        }));

        var report = await client.Client.SendAsync([Some.Purchase("ord-1"), Lead("ord-1")], Cancel);

        Assert.Single(accepted);
        Assert.Equal("delivered=1 rejected=1 undelivered=0", report.ToString());
    }

    [Fact]
    public async Task Two_failures_with_indexes_and_one_id_reject_two_events()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(210, """{"failed_events":[{"index":0,"event_id":"ord-1","error":"bad"},{"index":1,"event_id":"ord-1","error":"bad"}]}"""));

        var report = await client.Client.SendAsync([Some.Purchase("ord-1"), Lead("ord-1")], Cancel);

        Assert.Equal("delivered=0 rejected=2 undelivered=0", report.ToString());
    }

    [Fact]
    public async Task A_refusal_is_narrowed_down_whatever_it_names()
    {
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            var body = await request.Content!.ReadAsStringAsync(cancel);
            return TestClient.Answer(body.Contains("\"b\"", StringComparison.Ordinal) ? 400 : 200, """{"errors":["an event is bad"]}""".Replace("errors", body.Contains("\"b\"", StringComparison.Ordinal) ? "errors" : "x", StringComparison.Ordinal));
        }));

        var report = await client.Client.SendAsync([Some.Purchase("a"), Some.Purchase("b"), Some.Purchase("c")], Cancel);

        Assert.Equal("delivered=2 rejected=1 undelivered=0", report.ToString());
    }

    [Fact]
    public async Task Details_of_a_success_reject_nothing()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(200, """{"code":200,"events_received":1,"details":{"request_id":"r-1"}}"""));

        var report = await client.Client.SendAsync([Some.Purchase("a")], Cancel);

        Assert.Equal("delivered=1 rejected=0 undelivered=0", report.ToString());
    }

    [Fact]
    public async Task A_cut_answer_is_repeated_within_the_http_pipeline_as_the_readme_says()
    {
        var requests = 0;
        await using var client = TestClient.Answering(
            _ => ++requests == 1 ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new CutStream()) } : TestClient.Answer(200),
            options => options.Delivery.MaxRetries = 3);

        var sending = client.Client.SendAsync([Some.Purchase("a")], Cancel);
        await ReloadableClient.HappensAsync(() => sending.IsCompleted, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(1, (await sending).Delivered);
    }

    [Fact]
    public async Task One_attempt_takes_no_longer_than_its_time_out_answer_included()
    {
        var headers = new TaskCompletionSource<HttpResponseMessage>();
        await using var client = TestClient.With(new AnswerHandler((_, cancel) => headers.Task.WaitAsync(cancel)), options => options.Delivery.RequestTimeout = TimeSpan.FromSeconds(30));
        var sending = client.Client.SendAsync([Some.Purchase("a")], Cancel);
        client.Clock.Advance(TimeSpan.FromSeconds(29));
        headers.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StalledStream()) });
        await Task.Delay(50, Cancel);

        client.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.True(await ReloadableClient.HappensAsync(() => sending.IsCompleted));
    }

    [Fact]
    public async Task No_part_of_the_key_is_shown_where_a_long_message_is_cut()
    {
        var text = new string('a', 1_980) + " the-api-key";
        var report = await SendThreeAsync(503, Encoding.UTF8.GetBytes($$"""{"message":"{{text}}"}"""));

        Assert.DoesNotContain("the-", report.Failures[0].Reason);
    }

    private static RokuEvent Lead(string id) =>
        RokuEvent.Create(EventName.Lead).From(EventSource.Website).WithId(id).At(Some.Now).WithUser(user => user.Email("a@b.c")).Build();

    private static async Task<DeliveryReport> SendThreeAsync(int status, byte[] body)
    {
        await using var client = TestClient.Answering(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) });
        return await client.Client.SendAsync([Some.Purchase("a"), Some.Purchase("b"), Some.Purchase("c")], Cancel);
    }

    private sealed class CutStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the connection was reset");
    }
}
