namespace Roku.Events;

// A hash, or why there is none; both null when the identifier was not given.
internal readonly struct HashAttempt
{
    private HashAttempt(IdentifierHash? hash, string? problem)
    {
        Hash = hash;
        Problem = problem;
    }

    public static HashAttempt NotGiven => default;

    public static HashAttempt TooLong => "is longer than 1,024 characters; give this identifier alone";

    public IdentifierHash? Hash { get; }

    public string? Problem { get; }

    public static HashAttempt AlreadyHashed(string method) => $"looks like a hash already and would be hashed twice; give the {IdentifierHash.HexLength} hexadecimal characters of a SHA-256 to {method}";

    public static implicit operator HashAttempt(IdentifierHash hash) => new(hash, null);

    public static implicit operator HashAttempt(string problem) => new(null, problem);
}
