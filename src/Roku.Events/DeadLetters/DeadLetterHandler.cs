namespace Roku.Events;

// What a host registered, with the services it is given.
internal delegate Task DeadLetterHandler(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);
