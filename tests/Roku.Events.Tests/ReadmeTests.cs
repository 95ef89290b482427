using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Roku.Events.Tests;

// Compiles every C# block of the README, and of the page about outboxes, as it stands.
public sealed partial class ReadmeTests
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Net;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using OpenTelemetry.Metrics;
        global using OpenTelemetry.Trace;
        global using Roku.Events;
        global using Roku.Events.Emulator;
        """;

    // What a fragment may take for given.
    private const string Fragment = """
        static class Snippet
        {
            static async Task Run(/*services*/IBatchDispatcher dispatcher, RokuEventsClient client, IdentifierHasher hasher, IConfiguration configuration,
                RokuEvent purchase, IEnumerable<RokuEvent> events, CancellationToken ct)
            {
        /*block*/
                await Task.CompletedTask;
            }
        }
        """;

    public static TheoryData<string> Blocks => [.. CSharpBlock().Matches(RepositoryFile.Read("README.md") + RepositoryFile.Read("src/OUTBOX.md")).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_block_compiles(string block)
    {
        var cancel = TestContext.Current.CancellationToken;
        var isProgram = block.Contains("WebApplication.CreateBuilder", StringComparison.Ordinal);
        var services = block.Contains("var services", StringComparison.Ordinal) ? "" : "IServiceCollection services, ";
        var source = isProgram ? block : Fragment.Replace("/*services*/", services, StringComparison.Ordinal).Replace("/*block*/", block, StringComparison.Ordinal);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Readme",
            [CSharpSyntaxTree.ParseText(Usings, cancellationToken: cancel), CSharpSyntaxTree.ParseText(source, cancellationToken: cancel)],
            references,
            new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        // CS1701: the net8.0 build of a package against the assemblies of a newer runtime.
        Assert.Empty(compilation.GetDiagnostics(cancel).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && diagnostic.Id is not "CS1701"));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
