using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Roku.Events.Tests;

// Plants marked values in every field, drives the client through success and every kind of failure with all logging,
// tracing and metering on, and searches whatever came out.
public sealed class PrivacyTests
{
    private const string Key = "planted-api-key-9f8e7d";
    private static readonly string[] Planted =
    [
        "plantedmail", "planted.example", "5550142", "555-0142", "Plantedfirst", "plantedfirst", "Plantedlast", "plantedlast", "1987-06-05",
        "plantedcity", "plantedzip", "203.0.113.77", "PlantedAgent", "planted-rida", "planted-cookie", "planted-external", Key,
    ];

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(210, """{"failed_events":[{"index":0,"error":"em plantedmail@planted.example from 203.0.113.77 with key planted-api-key-9f8e7d is bad"}]}""")]
    [InlineData(400, """{"message":"plantedmail@planted.example"}""")]
    [InlineData(401, """{"message":"key planted-api-key-9f8e7d is not valid"}""")]
    [InlineData(413, "")]
    [InlineData(503, "planted.example is down")]
    [InlineData(0, "")]
    public async Task Nothing_personal_and_no_key_comes_out(int status, string answer)
    {
        using var ears = new Ears();
        var client = TestClient.Answering(
            _ => status == 0 ? throw new HttpRequestException("no route") : TestClient.Answer(status, answer),
            options => options.ApiKey = Key,
            builder => builder.AddHealthCheck().UseDeadLetterHandler((letters, _, _) =>
            {
                ears.Hear(string.Join('\n', letters.Select(letter => $"{letter} {letter.Reason} {letter.EventId} {letter.Outcome}")));
                return Task.CompletedTask;
            }));
        var rokuEvent = Event();
        var report = await client.Client.SendAsync([rokuEvent], TestContext.Current.CancellationToken);
        await client.Dispatcher.EnqueueAsync(rokuEvent, TestContext.Current.CancellationToken);
        var flushing = client.Dispatcher.FlushAsync(TestContext.Current.CancellationToken);
        var counts = client.Dispatcher.Counts;
        foreach (var (_, entry) in (await client.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries)
        {
            ears.Hear($"{entry.Description} {string.Join(' ', entry.Data)}");
        }

        await client.DisposeWhileTimePassesAsync();
        await flushing;

        ears.Hear(client.Logs.All());
        ears.Hear($"{rokuEvent} {report} {counts} {string.Join(' ', report.Failures)}");

        Assert.NotEmpty(client.Logs.Entries);
        foreach (var planted in Planted)
        {
            Assert.DoesNotContain(planted, ears.All());
        }
    }

    [Fact]
    public void No_mistake_repeats_the_value_that_is_wrong()
    {
        var error = Assert.Throws<RokuEventValidationException>(() => RokuEvent.Create(EventName.Lead)
            .WithUser(user => user
                .Email("plantedmail at planted.example").Phone("call 555-0142 Plantedfirst").FirstName("Planted\u0001first").LastName("Planted\u0001last")
                .BirthDate("1987-06-05x").HashedEmail("plantedmail").HashedPhone("5550142").IpAddress("203.0.113.77:80"))
            .OnPage("planted.example?email=plantedmail")
            .Build());

        Assert.Equal(10, error.Problems.Count);
        foreach (var planted in Planted)
        {
            Assert.DoesNotContain(planted, error.ToString());
        }
    }

    private static RokuEvent Event() => RokuEvent.Create(EventName.Purchase)
        .From(EventSource.Website)
        .WithId("ord-17")
        .At(Some.Now)
        .OnPage("https://shop.example/?email=plantedmail")
        .WithUser(user => user
            .Email("plantedmail@planted.example").Phone("+1 415 555-0142").FirstName("Plantedfirst").LastName("Plantedlast").BirthDate("1987-06-05")
            .City("plantedcity").PostalCode("plantedzip").IpAddress("203.0.113.77").UserAgent("PlantedAgent/1.0")
            .RokuAdvertisingId("planted-rida").PixelCookie("planted-cookie").ExternalId("planted-external"))
        .WithCustomData(data => data.Value(1, "USD"))
        .Build();

    private sealed class Ears : IDisposable
    {
        private readonly ConcurrentQueue<string> _heard = new();
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();

        public Ears()
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Hear($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))} {activity.StatusDescription}"),
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Hear(string.Join(' ', tags.ToArray())));
            _meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Hear(string.Join(' ', tags.ToArray())));
            _meters.Start();
        }

        public void Hear(string text) => _heard.Enqueue(text);

        public string All() => string.Join('\n', _heard);

        public void Dispose()
        {
            _activities.Dispose();
            _meters.Dispose();
        }
    }
}
