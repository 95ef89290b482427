using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tool.Tests;

internal static class FastTime
{
    // Lets time pass quickly until the work is done.
    public static async Task<T> RunAsync<T>(this FakeTimeProvider time, Task<T> work)
    {
        while (!work.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken));
        }

        return await work;
    }
}
