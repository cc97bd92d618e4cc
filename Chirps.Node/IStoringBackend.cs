using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>
/// A backend that stores messages: a target need not be there, may be this node itself, and a broadcast is stored once. It delivers what
/// was stored by itself. Lives as long as its node.
/// </summary>
public interface IStoringBackend : IAsyncDisposable
{
    /// <summary>Its name in the routes.</summary>
    string Name { get; }

    /// <summary>Whether it can take messages now: its server is reached, or what waits for it has room. A part of the node's readiness; cheap, any thread.</summary>
    HealthCheck Health => new(Name, true, "ok");

    /// <summary>Begins its work. Called once, when the node runs; returns at once.</summary>
    void Start();

    /// <summary>Stores a message for one member, which is known.</summary>
    ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken);

    /// <summary>Stores a message for everybody.</summary>
    ValueTask<SendResult> BroadcastAsync(ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken);
}
