using System.IO.Compression;
using System.Security.Cryptography;

namespace Roku.Events.Tool.Input;

internal enum InputFormat
{
    Csv,
    JsonLines,
}

// A file to be sent, or standard input.
internal sealed class InputFile : IDisposable
{
    private const int EndBytes = 1 << 20;

    private readonly FileStream? _file;
    private readonly Stream _stream;

    private InputFile(string path, FileStream? file, Stream stream)
    {
        Path = path;
        _file = file;
        _stream = stream;
    }

    public string Path { get; }

    public bool IsStandardInput => _file is null;

    public string Name => IsStandardInput ? "standard input" : System.IO.Path.GetFileName(Path);

    public Stream Content => _stream;

    // How much of the file was read, of a compressed one as compressed; null for standard input.
    public (long Read, long Total)? Progress => _file is null ? null : (_file.Position, _file.Length);

    public static InputFile Open(string path, Surroundings surroundings)
    {
        if (path == "-")
        {
            var input = surroundings.OpenInput();
            return new InputFile(path, null, input);
        }

        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.SequentialScan);
            var isCompressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return new InputFile(path, file, isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path} cannot be read: {exception.Message}");
        }
    }

    public InputFormat GuessFormat()
    {
        var name = Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Path[..^3] : Path;
        return System.IO.Path.GetExtension(name).ToUpperInvariant() is ".JSONL" or ".NDJSON" or ".JSON" ? InputFormat.JsonLines : InputFormat.Csv;
    }

    // By length, beginning and end: a file of gigabytes is not read twice for it.
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        hash.AppendData(BitConverter.GetBytes(file.Length));
        AppendUpTo(EndBytes);
        file.Position = Math.Max(file.Position, file.Length - EndBytes);
        AppendUpTo(EndBytes);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();

        void AppendUpTo(int bytes)
        {
            var buffer = new byte[bytes];
            hash.AppendData(buffer.AsSpan(0, file.ReadAtLeast(buffer, bytes, throwOnEndOfStream: false)));
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file?.Dispose();
    }
}
