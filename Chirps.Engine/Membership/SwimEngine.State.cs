using System.Diagnostics.CodeAnalysis;
using System.Text;
using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <content>This node's own key-values, and the view of everybody's.</content>
public sealed partial class SwimEngine
{
    /// <summary>The state of all members as this node holds it, this node first. Each is immutable and made once per change.</summary>
    /// <remarks>Without the members that have no key. Those dead or left are included until their grace period ends.</remarks>
    public IEnumerable<NodeStateView> ClusterState => _state.Nodes.Where(node => node.MaxVersion > 0).Select(node => node.ToView());

    /// <summary>Bytes all key-values cost, by the rule of the quotas.</summary>
    public long StateBytes => _state.Bytes;

    /// <summary>Writes one of this node's own keys; everybody hears of it.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="key">The key, 1 to 255 bytes of UTF-8.</param>
    /// <param name="value">The value; copied.</param>
    /// <returns>What became of it; nothing changed unless it was written.</returns>
    /// <exception cref="ArgumentException">The key or the value breaks a limit; nothing changed.</exception>
    public StateWriteResult Set(MeshInstant now, string key, ReadOnlySpan<byte> value) => Write(now, key, value, expires: null);

    /// <summary>The same for a key that this node deletes by itself after a time, unless it is written again.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="lifetime">How long it lives. If this process ends before, the key lasts as long as the rest of its state.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The key or the value breaks a limit, or the lifetime is not positive; nothing changed.</exception>
    public StateWriteResult SetWithTtl(MeshInstant now, string key, ReadOnlySpan<byte> value, TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        return Write(now, key, value, MeshInstant.Max(_now, now) + lifetime);
    }

    /// <summary>Deletes one of this node's own keys.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="key">The key.</param>
    /// <returns>Whether there was such a key.</returns>
    public StateWriteResult Delete(MeshInstant now, string key) => Change(now, key, default, StateKeyStatus.Deleted, expires: null);

    /// <summary>Lets one of this node's own keys go after the grace period: until then everybody sees it as it is.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="key">The key.</param>
    /// <returns>Whether there was such a key, not marked already.</returns>
    public StateWriteResult DeleteAfterTtl(MeshInstant now, string key) =>
        Change(now, key, _state.Own.Find(key)?.Value ?? default, StateKeyStatus.DeleteAfterTtl, expires: null);

    /// <summary>The key-values of one member.</summary>
    /// <param name="id">The member, or this node itself.</param>
    /// <param name="view">What is held of it; without keys when it has written none.</param>
    /// <returns>Whether the member is known.</returns>
    public bool TryGetState(MemberId id, [NotNullWhen(true)] out NodeStateView? view)
    {
        view = _members.Find(id)?.State.ToView();
        return view is not null;
    }

    /// <summary>Whether a member is present and the readiness rule of the settings holds of its key-values.</summary>
    /// <param name="id">The member, or this node itself.</param>
    /// <returns>Whether it is ready; false for an unknown one.</returns>
    public bool IsReady(MemberId id) =>
        _members.Find(id) is { IsPresent: true } record && (_settings.State.IsReady is null || record.State.WasReady);

    /// <summary>Takes the oldest change of the shared state.</summary>
    /// <param name="change">The change.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueStateChange([NotNullWhen(true)] out StateChange? change) => _state.TryTakeChange(out change!);

    /// <summary>Hands in a member's key-values that were fetched some other way after a <see cref="StateChangeKind.Reset"/>.</summary>
    /// <remarks>It is no sign of life of that member.</remarks>
    /// <param name="now">The present instant.</param>
    /// <param name="view">The state.</param>
    /// <returns>Whether it was newer than what is held and was taken; nothing changed otherwise.</returns>
    public bool TryRestoreState(MeshInstant now, NodeStateView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        now = Enter(now);
        return _members.Find(view.Owner) is { } record && record != _self && _state.TryRestore(now, record.State, view);
    }

    private StateWriteResult Write(MeshInstant now, string key, ReadOnlySpan<byte> value, MeshInstant? expires)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (Encoding.UTF8.GetByteCount(key) > StateSettings.KeyBytesMax)
        {
            throw new ArgumentException($"A key may take {StateSettings.KeyBytesMax} bytes of UTF-8.", nameof(key));
        }

        if (value.Length > _settings.State.ValueBytesMax)
        {
            throw new ArgumentException($"A value may take {_settings.State.ValueBytesMax} bytes.", nameof(value));
        }

        return Change(now, key, value.ToArray(), StateKeyStatus.Set, expires);
    }

    private StateWriteResult Change(MeshInstant now, string key, ReadOnlyMemory<byte> value, StateKeyStatus status, MeshInstant? expires)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        now = Enter(now);
        var result = _state.Write(now, key, value, status, expires);
        if (result == StateWriteResult.Written)
        {
            ScheduleStateRounds();
            ScheduleCollection(expires);
        }

        return result;
    }

    private void CollectState(MeshInstant now)
    {
        _state.Collect(now);
        var next = now + (_settings.State.KeyGrace / CollectionsPerGrace);
        _deadlines.Set(SwimDeadline.StateCollection, next);
        ScheduleCollection(_state.ExpireOwn(now));
    }

    private void ScheduleCollection(MeshInstant? at)
    {
        if (at is { } instant && (_deadlines[SwimDeadline.StateCollection] is not { } due || due > instant))
        {
            _deadlines.Set(SwimDeadline.StateCollection, instant);
        }
    }
}
