using Chirps.Engine.Membership;
using Chirps.Node;
using Orleans.Concurrency;

namespace Chirps.Grains;

/// <summary>One peer, as the mesh node of this silo tracks it.</summary>
[Reentrant]
public sealed class NodeGrain(IMeshNode node) : Grain, INodeGrain
{
    private MemberId Id => MemberId.Parse(this.GetPrimaryKeyString());

    /// <inheritdoc />
    public Task<MemberInfo?> Info()
    {
        var view = node.Membership;
        return Task.FromResult(view.TryGet(Id, out var member) ? member.ToInfo(view.Since(member)) : null);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<MembershipEvent>> History()
        => Task.FromResult<IReadOnlyList<MembershipEvent>>(node.History(Id).Select(record => record.ToEvent()).ToArray());

    /// <inheritdoc />
    public async Task<MemberEvidence?> Evidence() => (await node.EvidenceAsync(Id))?.ToEvidence();

    /// <inheritdoc />
    public Task<LinkStatistics?> Link() => Task.FromResult(node.Link(Id)?.ToStatistics());

    /// <inheritdoc />
    public Task<IReadOnlyList<StateItem>> State()
        => Task.FromResult<IReadOnlyList<StateItem>>(node.ClusterState.FirstOrDefault(one => one.Owner == Id)?.ToItems() ?? []);
}
