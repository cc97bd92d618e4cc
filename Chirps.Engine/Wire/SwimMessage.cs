using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>A membership datagram without its facts. Its names and facts are views of the datagram it was read from.</summary>
internal ref struct SwimMessage
{
    /// <summary>What it is for.</summary>
    public MessageKind Kind { get; set; }

    /// <summary>Flags of the kind.</summary>
    public MessageFlags Flags { get; set; }

    /// <summary>How many protocol periods the sender has run.</summary>
    public uint Heartbeat { get; set; }

    /// <summary>The sender's incarnation: its own word, newer than any rumour of a lower one.</summary>
    public Incarnation Incarnation { get; set; }

    /// <summary>The hash of the cluster's name.</summary>
    public ulong Cluster { get; set; }

    /// <summary>Which process of the sender.</summary>
    public Generation SenderGeneration { get; set; }

    /// <summary>The sender's name, UTF-8.</summary>
    public ReadOnlySpan<byte> SenderName { get; set; }

    /// <summary>The number an answer repeats; chosen by the asker.</summary>
    public uint Sequence { get; set; }

    /// <summary>The process addressed (ping, ping request) or denied (wrong identity).</summary>
    public Generation TargetGeneration { get; set; }

    /// <summary>The name addressed or denied, UTF-8.</summary>
    public ReadOnlySpan<byte> TargetName { get; set; }

    /// <summary>Where the asker believes the target to be (ping request).</summary>
    public MemberAddress TargetAddress { get; set; }

    /// <summary>The facts, checked when read: <see cref="SwimCodec.TryNextFact"/> takes them one by one.</summary>
    public ReadOnlySpan<byte> Facts { get; set; }

    /// <summary>What follows the head in a state message or a summary, checked when read; these carry no facts.</summary>
    public ReadOnlySpan<byte> Body { get; set; }
}
