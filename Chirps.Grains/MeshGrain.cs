using Chirps.Node;
using Orleans.Concurrency;

namespace Chirps.Grains;

/// <summary>The door to the mesh node beside it: always on the caller's silo, never one call behind another.</summary>
[StatelessWorker, Reentrant]
public sealed class MeshGrain(IMeshNode node) : Grain, IMeshGrain
{
    /// <inheritdoc />
    public Task<MemberInfo> Self()
    {
        var view = node.Membership;
        return Task.FromResult(view.Self.ToInfo(view.Since(view.Self)));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberInfo>> Members() => Task.FromResult(node.Membership.ToInfos());

    /// <inheritdoc />
    public async Task<SendReceipt> SendTo(NodeId target, ReadOnlyMemory<byte> payload, MessageProfile profile, string topic, SendOptions? options, CancellationToken cancellationToken)
        => (await node.SendAsync(target.ToMemberId(), payload, profile.ToProfile(), topic, options.ToSettings(), cancellationToken)).ToReceipt();

    /// <inheritdoc />
    public async Task<BroadcastReceipt> Broadcast(ReadOnlyMemory<byte> payload, MessageProfile profile, string topic, SendOptions? options, CancellationToken cancellationToken)
    {
        var result = await node.BroadcastAsync(payload, profile.ToProfile(), topic, options.ToSettings(), cancellationToken);
        return new BroadcastReceipt(result.Members.Select(one => new MemberReceipt(one.Member.ToNodeId(), one.Result.ToReceipt())).ToArray(), result.Stored?.ToReceipt());
    }

    /// <inheritdoc />
    public Task Join(IReadOnlyList<string> seeds, CancellationToken cancellationToken) => node.JoinAsync(seeds, cancellationToken);

    /// <inheritdoc />
    public Task Leave(CancellationToken cancellationToken) => node.LeaveAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<StateOutcome> SetState(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive)
        => (await node.SetStateAsync(key, value, timeToLive)).ToOutcome();

    /// <inheritdoc />
    public async Task<StateOutcome> DeleteState(string key) => (await node.DeleteStateAsync(key)).ToOutcome();

    /// <inheritdoc />
    public Task<MeshStatus> Status() => Task.FromResult(node.Report().ToStatus(node.Membership));
}
