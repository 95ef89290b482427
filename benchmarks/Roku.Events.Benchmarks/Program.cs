using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Roku.Events.Benchmarks;
using Roku.Events.Benchmarks.Drain;
using Roku.Events.Benchmarks.Outbox;

// -- --filter '*'          every micro benchmark
// -- enqueue               what an event costs its caller, as ratios that stand on a noisy machine
// -- drain [--events N]    events per second to a sink in another process
// -- outbox                durable events per second against inserts by hand, and with up to 5,000,000 waiting
switch (args)
{
    case ["enqueue"]:
        return await EnqueueRatios.RunAsync();
    case ["drain", .. var rest]:
        return await DrainRunner.RunAsync(rest);
    case ["outbox", .. var rest]:
        return await OutboxRunner.RunAsync(rest);
    case ["sink"]:
        return await Sink.RunAsync();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddColumn(StatisticColumn.Median));
        return 0;
}
