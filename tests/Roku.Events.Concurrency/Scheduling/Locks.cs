namespace Roku.Events.Concurrency;

// Who holds which lock. A strand that finds a lock taken stands aside until it is free.
internal sealed class Locks(Scheduler scheduler)
{
    private readonly Dictionary<object, (Strand Holder, int Depth)> _held = new(ReferenceEqualityComparer.Instance);

    public bool NoneHeld => _held.Count == 0;

    public bool AreHeldBy(Strand strand) => _held.Count > 0 && _held.Values.Any(held => held.Holder == strand);

    public bool IsFreeFor(Strand strand, object lockObject) => !_held.TryGetValue(lockObject, out var held) || held.Holder == strand;

    public void Enter(object lockObject)
    {
        if (scheduler.IsObserving)
        {
            return;
        }

        var strand = scheduler.Current!;
        while (!IsFreeFor(strand, lockObject))
        {
            strand.Wanted = lockObject;
            scheduler.StandAside();
            strand.Wanted = null;
        }

        _held[lockObject] = (strand, _held.GetValueOrDefault(lockObject).Depth + 1);
    }

    public void Exit(object lockObject)
    {
        if (scheduler.IsObserving)
        {
            return;
        }

        var (holder, depth) = _held.GetValueOrDefault(lockObject);
        if (holder != scheduler.Current)
        {
            throw new SynchronizationLockException();
        }

        if (depth > 1)
        {
            _held[lockObject] = (holder, depth - 1);
        }
        else
        {
            _held.Remove(lockObject);
        }
    }
}
