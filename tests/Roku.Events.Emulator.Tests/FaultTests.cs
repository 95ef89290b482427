using System.Net;

namespace Roku.Events.Emulator.Tests;

// Every fault, over the network and in process: an HTTP client sees the same.
public sealed class FaultTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new(new() { ApiKey = Some.ApiKey });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scripted_status_accepts_nothing_and_lasts_as_often_as_told(bool overNetwork)
    {
        _emulator.Script(EmulatorFault.Status(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1.2)), times: 2);
        using var client = await ClientAsync(overNetwork);

        using var first = await PostAsync(client);
        using var second = await PostAsync(client);
        using var third = await PostAsync(client);

        Assert.Equal([429, 429, 200], new[] { first, second, third }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(2), second.Headers.RetryAfter!.Delta);
        Assert.Equal(1, _emulator.EventsAccepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_breaks_the_connection_before_or_after_the_events_were_accepted(bool overNetwork)
    {
        _emulator.Script(EmulatorFault.Reset(accepted: false));
        _emulator.Script(EmulatorFault.Reset(accepted: true));
        using var client = await ClientAsync(overNetwork);

        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client));
        Assert.Equal(0, _emulator.EventsAccepted);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client));
        Assert.Equal(1, _emulator.EventsAccepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_answer_breaks_off_in_its_body(bool overNetwork)
    {
        _emulator.Script(EmulatorFault.CutAnswer());
        using var client = await ClientAsync(overNetwork);

        // A reset may overtake what was sent before it: then not even the status is seen.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => TextAsync(client));
        Assert.Equal(1, _emulator.EventsAccepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spoiled_bodies_come_with_the_right_status(bool overNetwork)
    {
        _emulator.Script(EmulatorFault.CutJson());
        _emulator.Script(EmulatorFault.WrongContentType());
        _emulator.Script(EmulatorFault.HugeAnswer(100_000));
        _emulator.Script(EmulatorFault.SlowAnswer(TimeSpan.Zero));
        using var client = await ClientAsync(overNetwork);

        var (cut, _) = await TextAsync(client);
        var (html, type) = await TextAsync(client);
        var (huge, _) = await TextAsync(client);
        var (slow, _) = await TextAsync(client);

        const string Right = """{"code":200,"events_received":1}""";
        Assert.Equal(Right[..(Right.Length / 2)], cut);
        Assert.Equal(("<!DOCTYPE html>", "text/html"), (html[..15], type));
        Assert.InRange(huge.Length, 100_000, 100_100);
        Assert.EndsWith(Right[1..], huge);
        Assert.Equal(Right, slow);
        Assert.Equal(4, _emulator.EventsAccepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hang_lasts_until_the_client_gives_up(bool overNetwork)
    {
        _emulator.Script(EmulatorFault.Hang());
        using var client = await ClientAsync(overNetwork);
        using var patience = new CancellationTokenSource();
        var posting = PostAsync(client, patience.Token);
        while (_emulator.RequestsReceived == 0)
        {
            await Task.Delay(1, Cancel);
        }

        Assert.False(posting.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
        Assert.Equal(0, _emulator.EventsAccepted);
    }

    [Fact]
    public async Task A_delay_goes_by_the_clock_of_the_emulator()
    {
        var clock = Some.Clock();
        await using var emulator = new RokuEmulator(new() { ApiKey = Some.ApiKey }, clock);
        emulator.Script(EmulatorFault.Delay(TimeSpan.FromMinutes(3)));
        using var client = emulator.Client();

        var posting = PostAsync(client);
        clock.Advance(TimeSpan.FromMinutes(2.9));
        Assert.False(posting.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(0.2));

        using var answer = await posting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_plan_does_the_same_with_the_same_seed_and_nothing_when_taken_away()
    {
        Assert.Equal(await OutcomesAsync(seed: 5, probability: 0.5), await OutcomesAsync(seed: 5, probability: 0.5));
        Assert.NotEqual(await OutcomesAsync(seed: 5, probability: 0.5), await OutcomesAsync(seed: 6, probability: 0.5));
        Assert.All(await OutcomesAsync(seed: 5, probability: 1), outcome => Assert.Equal(502, outcome));
        Assert.All(await OutcomesAsync(seed: 5, probability: 0), outcome => Assert.Equal(200, outcome));

        static async Task<List<int>> OutcomesAsync(int seed, double probability)
        {
            await using var emulator = new RokuEmulator(new() { ApiKey = Some.ApiKey }) { Faults = new EmulatorFaultPlan(seed, probability, [EmulatorFault.Status(HttpStatusCode.BadGateway)]) };
            using var client = emulator.Client();
            var outcomes = new List<int>();
            for (var i = 0; i < 40; i++)
            {
                using var answer = await PostAsync(client);
                outcomes.Add((int)answer.StatusCode);
            }

            emulator.Faults = null;
            using var last = await PostAsync(client);
            Assert.Equal(HttpStatusCode.OK, last.StatusCode);
            return outcomes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Failed_events_come_in_every_shape_and_the_rest_is_accepted(FailedEventsShape shape)
    {
        await using var emulator = new RokuEmulator(new()
        {
            ApiKey = Some.ApiKey,
            FailedEvents = shape,
            RefuseWhen = json => json.GetProperty("event_id").GetString() == "bad" ? "is on a list" : null,
        });

        var answer = await emulator.SendAsync(Some.Batch(Some.Purchase("good"), Some.Purchase("bad"), Some.Purchase("fine")));

        Assert.Equal(210, (int)answer.Status);
        Assert.Equal((2, 1), (emulator.EventsAccepted, emulator.EventsRejected));
        Assert.Equal(shape == FailedEventsShape.None, answer.Json["failed_events"] is null && !answer.Body.Contains("bad", StringComparison.Ordinal) && !answer.Body.Contains("is on a list", StringComparison.Ordinal));
    }

    public static TheoryData<FailedEventsShape> Shapes => [.. Enum.GetValues<FailedEventsShape>()];

    private async Task<HttpClient> ClientAsync(bool overNetwork) =>
        overNetwork ? new HttpClient { BaseAddress = await _emulator.ListenAsync(cancellationToken: Cancel) } : _emulator.Client();

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, CancellationToken? cancellationToken = null)
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        return await client.SendAsync(request, cancellationToken ?? Cancel);
    }

    private static async Task<(string Text, string? Type)> TextAsync(HttpClient client)
    {
        using var answer = await PostAsync(client);
        return (await answer.Content.ReadAsStringAsync(Cancel), answer.Content.Headers.ContentType?.MediaType);
    }
}
