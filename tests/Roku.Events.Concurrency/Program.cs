using System.Globalization;
using Roku.Events.Concurrency;

var schedules = int.MaxValue;
var seconds = 45;
var first = false;
var mutant = (Mutant?)null;
string? seed = null, only = null;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--schedules":
            schedules = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--seconds":
            seconds = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--seed":
            seed = args[++i];
            break;
        case "--scenario":
            only = args[++i];
            break;
        case "--first":
            first = true;
            break;
        case "--mutant":
            mutant = Mutant.Parse(args[++i]);
            break;
        case "--mutants":
            foreach (var one in Mutant.All(CodeUnderTest.Path))
            {
                Console.WriteLine(one.Name);
            }

            return 0;
        case "--self-test":
            return SelfTest.Run(all: args.Contains("all"));
        default:
            Console.Error.WriteLine("[--seconds N] [--schedules N] [--scenario NAME] [--seed SEED] [--first] [--mutant NAME] | --mutants | --self-test [all]");
            return 2;
    }
}

CodeUnderTest.LoadOnDemand(mutant);
PoolQueue.PutPoolToSleep();
return first
    ? Check.Find(only, TimeSpan.FromSeconds(seconds))
    : Check.Run(only, seed, schedules, TimeSpan.FromSeconds(seconds));
