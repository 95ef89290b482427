namespace Roku.Events;

/// <summary>Sends events to Roku at once, without a queue.</summary>
public sealed class RokuEventsClient
{
    /// <summary>Checks events against Roku without ingesting them.</summary>
    public Task ValidateAsync() => Task.FromException(new NotImplementedException(GetType().Name));
}
