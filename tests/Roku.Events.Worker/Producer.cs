using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Roku.Events.Worker;

internal sealed class Producer(IBatchDispatcher dispatcher, IConfiguration configuration) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var name = configuration["Worker:Name"] ?? "w";
        var events = configuration.GetValue("Worker:Events", 1_000);
        var producers = configuration.GetValue("Worker:Producers", 1);
        var pause = configuration.GetValue("Worker:Pause", 0);
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(() => ProduceAsync(producer), CancellationToken.None)));
        Console.WriteLine("enqueued");

        async Task ProduceAsync(int producer)
        {
            for (var i = producer; i < events && !stoppingToken.IsCancellationRequested; i += producers)
            {
                var order = $"{name}-{i}";
                var purchase = RokuEvent.Create(EventName.Purchase).From(EventSource.Website).WithUser(user => user.Email($"{order}@example.com")).WithCustomData(data => data.Value(1, "USD").OrderId(order)).Build();
                try
                {
                    await dispatcher.EnqueueAsync(purchase, stoppingToken);
                    Console.WriteLine("+" + order);
                }
                catch (IOException exception)
                {
                    Console.WriteLine($"-{order} {exception.Message}");
                }

                await Task.Delay(pause, stoppingToken);
            }
        }
    }
}
