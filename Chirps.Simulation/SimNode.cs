using System.Net;
using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Simulation;

/// <summary>One simulated node: the production engine and what the world knows of its process.</summary>
public sealed class SimNode
{
    /// <summary>Datagrams that wait for a paused process; further ones are lost, as in a socket buffer.</summary>
    public const int InboxMax = 2_048;

    private readonly List<MembershipChange> _changes = [];
    private readonly List<StateChange> _stateChanges = [];

    internal SimNode(int index)
    {
        Index = index;
        Id = MemberId.Parse($"node-{index}");
        Address = AddressOf(index);
    }

    /// <summary>Its number in the world.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public MemberId Id { get; }

    /// <summary>Its address.</summary>
    public MemberAddress Address { get; }

    /// <summary>The engine of the present process; the last one while the node does not run.</summary>
    public SwimEngine Engine { get; internal set; } = null!;

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning { get; internal set; }

    /// <summary>Whether the process is suspended: it neither receives nor advances.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>Every membership change the node reported, over all its processes.</summary>
    public IReadOnlyList<MembershipChange> Changes => _changes;

    /// <summary>Every change of the shared state the present process reported.</summary>
    public IReadOnlyList<StateChange> StateChanges => _stateChanges;

    internal int Process { get; set; }

    internal long WakeOrder { get; set; }

    internal MeshInstant? WakeAt { get; set; }

    internal MeshInstant? StopAt { get; set; }

    internal Queue<(int From, byte[] Bytes, int Length)> Inbox { get; } = new();

    internal NodeHistory History { get; } = new();

    /// <summary>The address of a node.</summary>
    /// <param name="index">Its number.</param>
    /// <returns>An address in 10.0.0.0/16.</returns>
    public static MemberAddress AddressOf(int index) =>
        MemberAddress.FromIPEndPoint(new IPEndPoint(new IPAddress([10, 0, (byte)(index >> 8), (byte)index]), 7946));

    /// <summary>What the node holds of another.</summary>
    /// <param name="other">The other node.</param>
    /// <returns>The status, or <see langword="null"/> when it is unknown.</returns>
    public MemberStatus? StatusOf(SimNode other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Engine.TryGetMember(other.Id, out var member) ? member.Status : null;
    }

    internal void Record(MembershipChange change) => _changes.Add(change);

    internal void Record(StateChange change) => _stateChanges.Add(change);

    internal void Forget() => _stateChanges.Clear();
}
