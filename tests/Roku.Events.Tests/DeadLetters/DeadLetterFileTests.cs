using System.Text.Json;
using System.Text.Json.Nodes;

namespace Roku.Events.Tests.DeadLetters;

public sealed class DeadLetterFileTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("roku-dead-letters-").FullName;

    private string File => Path.Combine(_folder, "below", "roku.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Writes_one_json_object_a_line_with_the_exact_event()
    {
        var rokuEvent = Some.Purchase("ord-\"17\"");
        await using (var client = Refusing())
        {
            await client.Dispatcher.EnqueueAsync(rokuEvent, Cancel);
            await client.Dispatcher.EnqueueAsync(Some.Purchase("other"), Cancel);
            await client.Dispatcher.FlushAsync(Cancel);
        }

        var lines = await System.IO.File.ReadAllLinesAsync(File, Cancel);
        Assert.Equal(2, lines.Length);
        var line = JsonNode.Parse(lines[0])!;
        Assert.Equal(["time", "client", "event_group_id", "outcome", "reason", "attempts", "enqueued_at", "event"], line.AsObject().Select(member => member.Key));
        Assert.Equal(("rejected", "HTTP 400: \"odd\"", 2), ((string)line["outcome"]!, (string)line["reason"]!, (int)line["attempts"]!));
        Assert.Equal(Some.Now, line["time"]!.GetValue<DateTimeOffset>());
        Assert.Contains($"\"event\":{EventJson.Text(rokuEvent)}}}", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        await WriteAsync(new DeadLetterFile(File, 1_000_000, null), 1);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Begins_a_new_file_when_one_is_full_and_keeps_as_many_as_asked()
    {
        var file = new DeadLetterFile(File, 2_000, maxFiles: 2);
        for (var i = 0; i < 10; i++)
        {
            await WriteAsync(file, i);
        }

        var names = Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName).Order().ToList();
        Assert.Equal(3, names.Count);
        Assert.Equal("roku.jsonl", names[^1]);
        Assert.Equal(["roku.0002.jsonl", "roku.0003.jsonl"], names[..2]);
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(File)!), path => Assert.InRange(new FileInfo(path).Length, 1, 2_000));
    }

    [Fact]
    public async Task Loses_nothing_over_many_files()
    {
        var file = new DeadLetterFile(File, 2_000, maxFiles: null);
        for (var i = 0; i < 50; i++)
        {
            await WriteAsync(file, i);
        }

        var ids = Directory.GetFiles(Path.GetDirectoryName(File)!).SelectMany(System.IO.File.ReadAllLines).Select(line => (string)JsonNode.Parse(line)!["event"]!["event_id"]!);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"e{i}").Order(), ids.Order());
    }

    [Fact]
    public async Task Goes_on_after_a_line_that_was_cut()
    {
        var file = new DeadLetterFile(File, 1_000_000, null);
        await WriteAsync(file, 1);
        await System.IO.File.AppendAllTextAsync(File, "{\"time\":\"2026-0", Cancel);

        await WriteAsync(file, 2);

        var lines = await System.IO.File.ReadAllLinesAsync(File, Cancel);
        Assert.Equal(3, lines.Length);
        Assert.Equal("e2", (string)JsonNode.Parse(lines[2])!["event"]!["event_id"]!);
    }

    [Fact]
    public async Task A_file_that_another_process_holds_is_tried_again_and_left_whole()
    {
        await using var client = Refusing();
        Assert.NotNull(client.Dispatcher);
        FileStream held = new(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        await client.EnqueueAsync(2);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => client.Logs.Count(15) >= 2, TimeSpan.FromSeconds(1));
        await held.DisposeAsync();

        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal(2, client.Dispatcher.Counts.HandedOver);
        Assert.Equal(2, (await System.IO.File.ReadAllLinesAsync(File, Cancel)).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_when_the_client_is_made()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "below"), "a file where the folder should be");

        Assert.ThrowsAny<IOException>(() => Refusing().Dispatcher);
    }

    [Theory]
    [InlineData("", 1_000_000, null, "path")]
    [InlineData("x.jsonl", 999_999, null, "maxFileBytes")]
    [InlineData("x.jsonl", 1_000_000, 0, "maxFiles")]
    public void Wrong_arguments_are_named(string path, long maxFileBytes, int? maxFiles, string argument)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => TestClient.Answering(_ => TestClient.Answer(200), extend: builder => builder.UseDeadLetterFile(path, maxFileBytes, maxFiles)));

        Assert.Equal(argument, error.ParamName);
    }

    private TestClient Refusing() =>
        TestClient.Answering(_ => TestClient.Answer(400, """{"message":"\"odd\""}"""), extend: builder => builder.UseDeadLetterFile(File));

    private static Task WriteAsync(DeadLetterFile file, int number) =>
        file.WriteAsync([new DeadLetter($"e{number}", EventOutcome.Dropped, "the queue was full", JsonSerializer.SerializeToUtf8Bytes(new { event_id = $"e{number}", filler = new string('x', 300) }))], Cancel);
}
