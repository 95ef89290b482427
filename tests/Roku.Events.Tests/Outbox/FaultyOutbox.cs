namespace Roku.Events.Tests.Outbox;

// An outbox whose calls can be made to fail or wait, before they are done and after.
internal sealed class FaultyOutbox(IDurableOutbox inner) : IDurableOutbox
{
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public Func<string, Task> After { get; set; } = static _ => Task.CompletedTask;

    public long MaxBytes => inner.MaxBytes;

    public Task<bool> AppendAsync(ReadOnlyMemory<byte> json, DateTimeOffset enqueuedAt, CancellationToken cancellationToken) => DoAsync("append", () => inner.AppendAsync(json, enqueuedAt, cancellationToken));

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) => DoAsync("status", () => inner.GetStatusAsync(cancellationToken));

    public Task<OutboxLease?> TakeAsync(int maxEvents, int maxBytes, CancellationToken cancellationToken) => DoAsync("take", () => inner.TakeAsync(maxEvents, maxBytes, cancellationToken));

    public Task RenewAsync(OutboxLease lease, CancellationToken cancellationToken) => DoAsync("renew", () => DoneAsync(inner.RenewAsync(lease, cancellationToken)));

    public Task CompleteAsync(OutboxLease lease, KeptEvents kept, CancellationToken cancellationToken) => DoAsync("complete", () => DoneAsync(inner.CompleteAsync(lease, kept, cancellationToken)));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> DoAsync<T>(string what, Func<Task<T>> work)
    {
        await Before(what);
        var result = await work();
        await After(what);
        return result;
    }
}
