namespace Roku.Events;

internal static class LeftBehindTask
{
    // Nobody waits for this task any more: should it fail later, nobody is to be told.
    public static void LeaveBehind(this Task task) => task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
