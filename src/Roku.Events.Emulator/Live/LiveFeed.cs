using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Roku.Events.Emulator;

// Server-sent events, read from the record: a slow page holds up nobody and costs no memory, it only misses what is forgotten meanwhile.
internal sealed class LiveFeed(EmulatorRecord record, EventsEndpoint endpoint, LiveAbout about)
{
    private const int RowsInAMessage = 2_000;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (request, response) = (context.Request, context.Response);
        response.ContentType = "text/event-stream";
        var cursor = LiveCursor.Parse(request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"]);
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (true)
        {
            var change = record.NextChange();
            var slice = record.ReadAfter(cursor, RowsInAMessage);
            buffer.ResetWrittenCount();
            Write(buffer, slice);
            await response.Body.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            cursor = slice.Next;
            if (!slice.HasMore)
            {
                await WaitAsync(change, response.Body, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Write(ArrayBufferWriter<byte> buffer, LiveSlice slice)
    {
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {slice.Next}\ndata: "), buffer);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            LiveRows.Write(writer, slice, about, endpoint.Standing.Name);
        }

        buffer.Write("\n\n"u8);
    }

    // Not by the emulator's clock: a test may have stopped it.
    private static async Task WaitAsync(Task change, Stream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await change.WaitAsync(Heartbeat, TimeProvider.System, cancellationToken).ConfigureAwait(false);

                // What comes in a burst goes out together.
                await Task.Delay(Rest, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                await body.WriteAsync(":\n\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
                await body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
