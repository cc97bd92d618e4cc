using Chirps.Engine.Membership;
using Chirps.Engine.State;

namespace Chirps.Node;

/// <content>The key-values of this node and everybody's.</content>
public sealed partial class MeshNode
{
    /// <inheritdoc />
    public IReadOnlyList<NodeStateView> ClusterState => _state.Current;

    /// <inheritdoc />
    public Task<StateWriteResult> SetStateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        RefuseReserved(key);
        return _loop.RunAsync(
            (engine, now) => lifetime is { } time ? engine.SetWithTtl(now, key, value.Span, time) : engine.Set(now, key, value.Span),
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<StateWriteResult> DeleteStateAsync(string key, bool afterGrace = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        RefuseReserved(key);
        return _loop.RunAsync((engine, now) => afterGrace ? engine.DeleteAfterTtl(now, key) : engine.Delete(now, key), cancellationToken);
    }

    /// <summary>Writes a key that only the node itself may write.</summary>
    internal Task<StateWriteResult> SetReservedAsync(string key, byte[] value, CancellationToken cancellationToken)
        => _loop.RunAsync((engine, now) => engine.Set(now, key, value), cancellationToken);

    /// <inheritdoc />
    public Task<bool> RestoreStateAsync(NodeStateView view, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        return _loop.RunAsync((engine, now) => engine.TryRestoreState(now, view), cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberId>> ReadyMembersAsync(CancellationToken cancellationToken = default)
        => _loop.RunAsync<IReadOnlyList<MemberId>>((engine, _) => [.. engine.Members.Select(member => member.Id).Where(engine.IsReady)], cancellationToken);

    /// <inheritdoc />
    public StateFeed WatchState(string? prefix = null) => _state.Watch(prefix);
}
