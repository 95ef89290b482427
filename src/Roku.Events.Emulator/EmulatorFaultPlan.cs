namespace Roku.Events.Emulator;

/// <summary>Faults that hit requests at random; the same seed hits the same requests, counted in the order in which they arrive.</summary>
/// <remarks>Safe for use by many threads.</remarks>
public sealed class EmulatorFaultPlan
{
    private readonly double _probability;
    private readonly IReadOnlyList<EmulatorFault> _faults;
    private readonly Random _random;

    /// <summary>Makes a plan.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="probability">How likely a request is hit, from 0 (never) to 1 (always).</param>
    /// <param name="faults">What may hit it, each as likely as another; <see langword="null"/> for one of every kind.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public EmulatorFaultPlan(int seed, double probability, IReadOnlyList<EmulatorFault>? faults = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probability, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        if (faults is { Count: 0 })
        {
            throw new ArgumentException("The list of faults is empty. Use null for one of every kind.", nameof(faults));
        }

        _probability = probability;
        _faults = faults ?? EmulatorFault.OneOfEveryKind;
#pragma warning disable CA5394 // Not security: it must be repeatable.
        _random = new Random(seed);
    }

    internal EmulatorFault? Next()
    {
        lock (_random)
        {
            return _random.NextDouble() < _probability ? _faults[_random.Next(_faults.Count)] : null;
        }
    }
#pragma warning restore CA5394
}
