using Roku.Events.Tests.Outbox;

namespace Roku.Events.KillTests;

// What the workers share.
internal interface ISharedOutbox : IDisposable
{
    int DefaultWorkers { get; }

    // For the worker's command line.
    string Argument { get; }

    // Whether it fails now too, as the number of workers killed says.
    bool FailAfter(int kills);
}

internal sealed class SharedFile : ISharedOutbox
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-kill");

    public int DefaultWorkers => 2;

    public string Argument => "sqlite:" + Path.Combine(_folder.FullName, "outbox.db");

    public bool FailAfter(int kills) => false;

    public void Dispose() => _folder.Delete(recursive: true);
}

// Its server is killed as well, and started again on what it wrote.
internal sealed class SharedRedis : ISharedOutbox
{
    private readonly RedisServer _server = new("--appendonly", "yes", "--appendfsync", "always");

    public int DefaultWorkers => 3;

    public string Argument => "redis:" + _server.Configuration;

    public bool FailAfter(int kills)
    {
        if (kills % 10 != 0)
        {
            return false;
        }

        _server.Kill();
        _server.StartAgain();
        return true;
    }

    public void Dispose() => _server.Dispose();
}
