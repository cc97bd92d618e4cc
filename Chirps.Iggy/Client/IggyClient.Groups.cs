using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

public sealed partial class IggyClient
{
    /// <summary>Creates a consumer group.</summary>
    /// <exception cref="IggyException"><see cref="IggyStatus.GroupNameExists"/> when there is one of this name.</exception>
    public ValueTask<GroupInfo> CreateGroupAsync(IggyIdentifier stream, IggyIdentifier topic, string name, CancellationToken cancellationToken = default)
        => CallAsync<CreateGroupRequest, GroupInfo>(IggyCommand.CreateGroup, new CreateGroupRequest(stream, topic, name), Answers.Group, cancellationToken);

    /// <summary>Looks for a consumer group.</summary>
    /// <returns>The group and its members, or none.</returns>
    public ValueTask<GroupDetails?> GetGroupAsync(IggyIdentifier stream, IggyIdentifier topic, IggyIdentifier group, CancellationToken cancellationToken = default)
        => CallAsync<GroupTarget, GroupDetails?>(IggyCommand.GetGroup, new GroupTarget(stream, topic, group), Answers.GroupOrNone, cancellationToken);

    /// <summary>Lists the consumer groups of a topic.</summary>
    public ValueTask<IReadOnlyList<GroupInfo>> GetGroupsAsync(IggyIdentifier stream, IggyIdentifier topic, CancellationToken cancellationToken = default)
        => CallAsync<TopicTarget, IReadOnlyList<GroupInfo>>(IggyCommand.GetGroups, new TopicTarget(stream, topic), Answers.Groups, cancellationToken);

    /// <summary>Deletes a consumer group and its offsets.</summary>
    public async ValueTask DeleteGroupAsync(IggyIdentifier stream, IggyIdentifier topic, IggyIdentifier group, CancellationToken cancellationToken = default)
    {
        var target = new GroupTarget(stream, topic, group);
        await CallAsync(IggyCommand.DeleteGroup, target, cancellationToken).ConfigureAwait(false);
        _core.Forget(target);
    }

    /// <summary>
    /// Joins a consumer group. The membership belongs to the connection: the server drops it with the connection, and the client joins
    /// again when it has logged in again, with partitions that may be others.
    /// </summary>
    public async ValueTask JoinGroupAsync(IggyIdentifier stream, IggyIdentifier topic, IggyIdentifier group, CancellationToken cancellationToken = default)
    {
        var target = new GroupTarget(stream, topic, group);
        var logins = Logins;
        await CallAsync(IggyCommand.JoinGroup, target, cancellationToken).ConfigureAwait(false);
        _core.Remember(target);
        if (Logins != logins)
        {
            // A connection made meanwhile may not know of the group yet; joining twice does nothing.
            await CallAsync(IggyCommand.JoinGroup, target, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves a consumer group.</summary>
    public async ValueTask LeaveGroupAsync(IggyIdentifier stream, IggyIdentifier topic, IggyIdentifier group, CancellationToken cancellationToken = default)
    {
        var target = new GroupTarget(stream, topic, group);
        _core.Forget(target);
        await CallAsync(IggyCommand.LeaveGroup, target, cancellationToken).ConfigureAwait(false);
    }
}
