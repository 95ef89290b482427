using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Benchmarks;

// What an event costs its caller, until it waits in the queue. Events leave all the time, to a handler that reads nothing:
// what sending costs is in Allocated, for it counts all threads.
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class Enqueue
{
    private const int Events = 1_000;

    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);
    private readonly Channel<byte[]> _channel = Channel.CreateBounded<byte[]>(100_000);
    private RokuEvent _purchase = null!;
    private Utf8JsonWriter _writer = null!;
    private ServiceProvider _provider = null!;
    private IBatchDispatcher _dispatcher = null!;
    private Task _reading = Task.CompletedTask;

    [GlobalSetup]
    public void Setup()
    {
        _purchase = TypicalPurchase.Build();
        _writer = new Utf8JsonWriter(_buffer, RokuEvent.WriterOptions);
        _provider = Client.Create(new Uri("http://localhost"), static () => new AcceptingHandler());
        _dispatcher = _provider.GetRequiredService<IBatchDispatcher>();
        _reading = DiscardAsync();
        WriteJson();
        if (!_buffer.WrittenSpan.SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(TypicalPurchase.BuildByHand(), Naive.Json)))
        {
            throw new InvalidOperationException("The contenders write different JSON.");
        }
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _dispatcher.FlushAsync();
        var counts = _dispatcher.Counts;
        await _provider.DisposeAsync();
        _channel.Writer.Complete();
        await _reading;
        if (counts.Delivered != counts.Accepted)
        {
            throw new InvalidOperationException($"Not everything was delivered: {counts}.");
        }
    }

    [BenchmarkCategory("prebuilt"), Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public void JsonAlone()
    {
        for (var i = 0; i < Events; i++)
        {
            WriteJson();
        }
    }

    [BenchmarkCategory("prebuilt"), Benchmark(OperationsPerInvoke = Events)]
    public async Task EnqueuePrebuilt()
    {
        for (var i = 0; i < Events; i++)
        {
            await _dispatcher.EnqueueAsync(_purchase);
        }
    }

    [BenchmarkCategory("from plain"), Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public void HashesAndJsonAlone()
    {
        var hasher = IdentifierHasher.Default;
        for (var i = 0; i < Events; i++)
        {
            hasher.HashEmail(TypicalPurchase.Email);
            hasher.HashPhone(TypicalPurchase.Phone);
            hasher.HashFirstName(TypicalPurchase.FirstName);
            hasher.HashLastName(TypicalPurchase.LastName);
            WriteJson();
        }
    }

    [BenchmarkCategory("from plain"), Benchmark(OperationsPerInvoke = Events)]
    public async Task BuildAndEnqueue()
    {
        for (var i = 0; i < Events; i++)
        {
            await _dispatcher.EnqueueAsync(TypicalPurchase.Build());
        }
    }

    [BenchmarkCategory("from plain"), Benchmark(OperationsPerInvoke = Events)]
    public async Task ByHandToChannel()
    {
        for (var i = 0; i < Events; i++)
        {
            await _channel.Writer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(TypicalPurchase.BuildByHand(), Naive.Json));
        }
    }

    private void WriteJson()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _purchase.WriteTo(_writer);
        _writer.Flush();
    }

    private async Task DiscardAsync()
    {
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (_channel.Reader.TryRead(out _))
            {
            }
        }
    }
}
