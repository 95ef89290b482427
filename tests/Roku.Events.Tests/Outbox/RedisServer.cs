using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Roku.Events.Tests.Outbox;

// A redis-server of the tests' own, on a free port of the loopback.
internal sealed class RedisServer : IDisposable
{
    private static readonly Lazy<RedisServer> TheShared = new(() => new RedisServer());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-redis");
    private readonly string[] _arguments;
    private readonly int _port;
    private Process _process;

    public RedisServer(params string[] arguments)
    {
        _arguments = arguments;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        _process = Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public static bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    // For tests that do nothing to the server.
    public static RedisServer Shared => TheShared.Value;

    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},connectRetry=1,syncTimeout=2000,asyncTimeout=2000");

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    public void StartAgain() => _process = Start();

    public void Dispose()
    {
        try
        {
            Kill();
            _folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // Ended before.
        }
    }

    private Process Start()
    {
        var process = Process.Start(new ProcessStartInfo("redis-server", ["--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", .. _arguments])
        {
            RedirectStandardOutput = true,
        })!;
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
        }

        _ = process.StandardOutput.ReadToEndAsync();
        return process;
    }
}
