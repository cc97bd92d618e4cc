using Orleans.Concurrency;

namespace Chirps;

/// <summary>One peer as this node sees it. Key: the peer's node id.</summary>
[Alias("Chirps.INodeGrain")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>The member; <see langword="null"/> when this node knows none of that name.</summary>
    [AlwaysInterleave, Alias("Info")]
    Task<MemberInfo?> Info();

    /// <summary>The last changes of the member, oldest first. Kept for the last 32, while this process runs.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<MembershipEvent>> History();

    /// <summary>What speaks for and against the member here: how late its heartbeat is, who accused it when, what the helpers said, who confirmed, how it ended.</summary>
    /// <returns><see langword="null"/> when this node knows none of that name.</returns>
    [AlwaysInterleave, Alias("Evidence")]
    Task<MemberEvidence?> Evidence();

    /// <summary>The connection to the member; <see langword="null"/> when there never was one.</summary>
    [AlwaysInterleave, Alias("Link")]
    Task<LinkStatistics?> Link();

    /// <summary>The key-values of the node, in the order they were written; none for an unknown node.</summary>
    [AlwaysInterleave, Alias("State")]
    Task<IReadOnlyList<StateItem>> State();
}
