namespace Roku.Events.Tests;

// Files of the repository that must stay true to the code.
internal static class RepositoryFile
{
    public static string Read(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Roku.Events.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine([folder.FullName, .. path]));
    }

    // The cells of the rows of the README's tables whose first cell begins with `start, in backticks.
    public static IEnumerable<string[]> ReadmeRows(string start) => Read("README.md").Split('\n')
        .Where(line => line.StartsWith($"| `{start}", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries));
}
