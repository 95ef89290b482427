using System.CommandLine;
using System.Text;
using Microsoft.Extensions.Configuration;
using Roku.Events.Emulator;

namespace Roku.Events.Tool.Tests;

// A folder of files, an emulator on a port, and the tool run against them within this process.
internal sealed class ToolRun : IAsyncDisposable
{
    private ToolRun(RokuEmulator emulator, Uri endpoint)
    {
        Emulator = emulator;
        Endpoint = endpoint;
        Folder = Directory.CreateTempSubdirectory("roku-events-tool-").FullName;
    }

    public RokuEmulator Emulator { get; }

    public Uri Endpoint { get; }

    public string Folder { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Input { get; set; } = "";

    public Dictionary<string, string?> Configuration { get; } = [];

    public static async Task<ToolRun> StartAsync(RokuEmulatorOptions? options = null, TimeProvider? time = null)
    {
        var emulator = new RokuEmulator(options, time);
        return new ToolRun(emulator, await emulator.ListenAsync(0, TestContext.Current.CancellationToken)) { Time = time ?? TimeProvider.System };
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string content) => Write(name, content, new UTF8Encoding(false));

    public string Write(string name, string content, Encoding encoding)
    {
        File.WriteAllText(PathOf(name), content, encoding);
        return PathOf(name);
    }

    // With where to send to.
    public Task<ToolResult> SendAsync(params string[] args) => RunAsync(Sending(args));

    public string[] Sending(params string[] args) => ["send", .. args, "--endpoint", Endpoint.ToString(), "--event-group", "demo"];

    public Task<ToolResult> RunAsync(params string[] args) => RunUntilAsync(TestContext.Current.CancellationToken, args);

    public async Task<ToolResult> RunUntilAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var surroundings = new Surroundings
        {
            Configuration = new ConfigurationBuilder().AddInMemoryCollection(Configuration).Build(),
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            Out = output,
            Console = Surroundings.ConsoleOf(error, isRedirected: true),
            InputIsTerminal = false,
            Time = Time,
        };
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        var code = await CommandLine.Create(surroundings).Parse(args).InvokeAsync(configuration, cancellationToken);
        return new ToolResult((ExitCode)code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Emulator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

internal sealed record ToolResult(ExitCode Code, string Out, string Error)
{
    public string LastLine => Out.TrimEnd().Split('\n')[^1].TrimEnd();
}
