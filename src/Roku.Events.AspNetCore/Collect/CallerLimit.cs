using System.Buffers.Binary;
using System.Net;

namespace Roku.Events;

// Counts the posts of each client within a minute, in memory that no number of clients makes grow: clients whose addresses
// fall into one slot share its count. HashCode is seeded for each process, so nobody can choose whom to share with.
internal sealed class CallerLimit(int perMinute, TimeProvider time)
{
    private const int Slots = 65_536;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly object _lock = new();
    private readonly int[] _counts = new int[Slots];
    private long _windowBegan = time.GetTimestamp();

    // Null when the client may go on, else how long it has to wait.
    public TimeSpan? Take(IPAddress? client)
    {
        var slot = (uint)HashCode.Combine(Network(client)) % Slots;
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_windowBegan);
            if (elapsed >= Window)
            {
                _windowBegan = time.GetTimestamp();
                elapsed = TimeSpan.Zero;
                Array.Clear(_counts);
            }

            if (_counts[slot] >= perMinute)
            {
                return Window - elapsed;
            }

            _counts[slot]++;
            return null;
        }
    }

    // One subscriber has a whole /64 of IPv6 to choose addresses from.
    private static ulong Network(IPAddress? client)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (client is null || !client.TryWriteBytes(bytes, out var length))
        {
            return 0;
        }

        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : client.IsIPv4MappedToIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
