namespace Roku.Events.Tool.Sending;

// What became of a chunk. Left and why when sending had to stop before its end.
internal sealed class ChunkResult
{
    public int Delivered { get; set; }

    public List<Rejection> Rejections { get; } = [];

    public ChunkState? Left { get; set; }

    public string? Obstacle { get; set; }
}
