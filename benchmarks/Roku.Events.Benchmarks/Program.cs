using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Roku.Events.Benchmarks.Drain;

// -- --filter '*'          every micro benchmark
// -- drain [--events N]    events per second to a sink in another process
switch (args)
{
    case ["drain", .. var rest]:
        return await DrainRunner.RunAsync(rest);
    case ["sink"]:
        return await Sink.RunAsync();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddColumn(StatisticColumn.Median));
        return 0;
}
