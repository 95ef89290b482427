using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Benchmarks.Drain;

// One way to get a load to the sink. Send returns when the sink has answered for the last event.
internal sealed class Contender(string name, Func<Load, int, Task> sendAsync, double share = 1)
{
    private const int BatchSize = 1_000;
    private const int Concurrency = 4;

    public string Name => name;

    // The share of the load that it is given: the slow ones would take all day.
    public double Share => share;

    public Task SendAsync(Load load, int events) => sendAsync(load, events);

    public static Contender[] All(Uri sink, IServiceProvider services, HttpClient plain)
    {
        var dispatcher = services.GetRequiredService<IBatchDispatcher>();
        var address = new Uri(sink, "v1/events");
        return
        [
            new("dispatcher, 4 producers", (load, events) => DispatchAsync(dispatcher, load, events, producers: 4)),
            new("dispatcher, 1 producer", (load, events) => DispatchAsync(dispatcher, load, events, producers: 1)),
            new("channel + lists of 1,000", (load, events) => ChannelAsync(plain, address, load, events)),
            new("one post per event", (load, events) => OneByOneAsync(plain, address, load, events), share: 0.01),
            new("prebuilt bodies of 1,000", (load, events) => PrebuiltAsync(services, address, load, events)),
        ];
    }

    private static async Task DispatchAsync(IBatchDispatcher dispatcher, Load load, int events, int producers)
    {
        var before = dispatcher.Counts.Delivered;
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            for (var i = producer; i < events; i += producers)
            {
                await dispatcher.EnqueueAsync(load.Build(i));
            }
        })));
        await dispatcher.FlushAsync();
        if (dispatcher.Counts.Delivered - before != events)
        {
            throw new InvalidOperationException($"Not everything was delivered: {dispatcher.Counts}.");
        }
    }

    private static async Task ChannelAsync(HttpClient client, Uri address, Load load, int events)
    {
        var channel = Channel.CreateBounded<NaiveEvent>(100_000);
        var reading = Task.Run(async () =>
        {
            var batch = new List<NaiveEvent>(BatchSize);
            await foreach (var one in channel.Reader.ReadAllAsync())
            {
                batch.Add(one);
                if (batch.Count == BatchSize)
                {
                    await PostAsync(client, address, batch);
                    batch.Clear();
                }
            }

            if (batch.Count > 0)
            {
                await PostAsync(client, address, batch);
            }
        });
        for (var i = 0; i < events; i++)
        {
            await channel.Writer.WriteAsync(load.BuildByHand(i));
        }

        channel.Writer.Complete();
        await reading;
    }

    private static Task OneByOneAsync(HttpClient client, Uri address, Load load, int events) =>
        Parallel.ForAsync(0, events, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (i, _) =>
            await PostAsync(client, address, [load.BuildByHand(i)]));

    private static Task PrebuiltAsync(IServiceProvider services, Uri address, Load load, int events) =>
        Parallel.ForAsync(0, events / BatchSize, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (_, _) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(load.Body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "benchmark");
            using var response = await services.GetRequiredService<IHttpClientFactory>().CreateClient("Roku.Events").SendAsync(request, CancellationToken.None);
            response.EnsureSuccessStatusCode();
        });

    private static async Task PostAsync(HttpClient client, Uri address, List<NaiveEvent> events)
    {
        using var response = await client.PostAsJsonAsync(address, new NaiveBatch { EventGroupId = Client.EventGroupId, Events = events }, Naive.Json);
        response.EnsureSuccessStatusCode();
    }
}
