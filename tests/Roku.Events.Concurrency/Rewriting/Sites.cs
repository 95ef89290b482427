namespace Roku.Events.Concurrency;

// The points in the instrumented code, by number.
internal static class Sites
{
    public const int Begins = -1;

    private static readonly List<(string Name, bool IsFine)> All = [];

    public static int Add(string name, bool isFine)
    {
        All.Add((name, isFine));
        return All.Count - 1;
    }

    public static bool IsFine(int site) => All[site].IsFine;

    public static string Name(int site) => site == Begins ? "begins" : All[site].Name;
}
