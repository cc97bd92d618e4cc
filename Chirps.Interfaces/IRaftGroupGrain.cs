using Orleans.Concurrency;

namespace Chirps;

/// <summary>
/// A consensus group on the mesh node of the silo that serves the call; the key is the group's number. For libraries that live in grains: those that live in the
/// host's services take <c>IRaftTransport</c>, which also carries snapshots. Calls run beside each other.
/// </summary>
[Alias("Chirps.IRaftGroupGrain")]
public interface IRaftGroupGrain : IGrainWithIntegerKey
{
    /// <summary>Takes part in the group until <see cref="Close"/>. Doing so again changes nothing.</summary>
    /// <exception cref="InvalidOperationException">Something else on this node has the group open.</exception>
    [AlwaysInterleave, Alias("Open")]
    Task Open();

    /// <summary>Ends it; what waits is lost.</summary>
    [AlwaysInterleave, Alias("Close")]
    Task Close();

    /// <summary>Sends a message on the urgent lane without waiting and without word of its fate.</summary>
    /// <returns>Whether it was taken; if not, it certainly does not arrive.</returns>
    /// <exception cref="InvalidOperationException">The group is not open.</exception>
    [AlwaysInterleave, Alias("Send")]
    Task<bool> Send(NodeId target, [Immutable] ReadOnlyMemory<byte> message);

    /// <summary>Sends a message on the urgent lane and waits for the answer that the peer gives with <see cref="Answer"/>.</summary>
    /// <returns>The answer; <see langword="null"/> when none came in time. Then the request may have been handled, or not.</returns>
    /// <exception cref="InvalidOperationException">The group is not open.</exception>
    [AlwaysInterleave, Alias("Request")]
    Task<ReadOnlyMemory<byte>?> Request(NodeId target, [Immutable] ReadOnlyMemory<byte> message, TimeSpan deadline, CancellationToken cancellationToken = default);

    /// <summary>Takes received messages, and waits for the first one. One caller at a time.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="wait">How long to wait; empty when none came.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The group is not open.</exception>
    [AlwaysInterleave, Alias("Receive")]
    Task<IReadOnlyList<RaftGroupMessage>> Receive(int max, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Answers a message that wants it.</summary>
    /// <returns>Whether the answer was taken for sending.</returns>
    /// <exception cref="InvalidOperationException">The group is not open.</exception>
    [AlwaysInterleave, Alias("Answer")]
    Task<bool> Answer(RaftGroupMessage request, [Immutable] ReadOnlyMemory<byte> answer);
}
