using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Consumer groups.</summary>
internal sealed partial class CommandHandler
{
    private async ValueTask<IggyStatus> CreateGroupAsync(Request request)
    {
        if (!request.TryRead(out CreateGroupRequest create))
        {
            return IggyStatus.InvalidCommand;
        }

        var change = await Storage.ChangeAsync(catalog => catalog.AddGroup(create)).ConfigureAwait(false);
        if (change.Status == IggyStatus.Ok)
        {
            var topic = CatalogState.Find(change.State.Find(create.Stream), create.Topic)!;
            new GroupInfo(CatalogState.Find(topic, create.Name)!.Id, (uint)topic.Partitions.Count, 0, create.Name).Write(request.Reply);
        }

        return change.Status;
    }

    private async ValueTask<IggyStatus> DeleteGroupAsync(Request request)
        => request.TryRead(out GroupTarget target)
            ? (await Storage.ChangeAsync(catalog => catalog.RemoveGroup(target)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private IggyStatus GetGroup(Request request)
    {
        if (!request.TryRead(out GroupTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(target.Stream, target.Topic, out _, out var topic, out var open);
        if (status != IggyStatus.Ok)
        {
            return Missing(request, status);
        }

        if (CatalogState.Find(topic, target.Group) is { } group)
        {
            Describe(open, group).Write(request.Reply);
            foreach (var member in open.With(group, members => members.Members.Select(one => new GroupMember(one.Id, [.. one.Partitions])).ToArray()))
            {
                member.Write(request.Reply);
            }
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetGroups(Request request)
    {
        if (!request.TryRead(out TopicTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(target.Stream, target.Topic, out _, out var topic, out var open);
        if (status != IggyStatus.Ok)
        {
            return Missing(request, status);
        }

        foreach (var group in topic.Groups.Values)
        {
            Describe(open, group).Write(request.Reply);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus JoinGroup(Request request)
        => WithGroup(request, (open, group) => open.With(group, members =>
        {
            members.Join(request.Client.Id, open.Partitions.Length);
            return IggyStatus.Ok;
        }));

    private IggyStatus LeaveGroup(Request request)
        => WithGroup(request, (open, group) => open.With(group, members => members.Leave(request.Client.Id, open.Partitions.Length) ? IggyStatus.Ok : IggyStatus.NotAMember));

    private IggyStatus SyncGroup(Request request)
        => WithGroup(request, (open, group) => open.With(group, members =>
        {
            if (members.Contains(request.Client.Id))
            {
                new GroupAssignment(members.Generation, members.PartitionsOf(request.Client.Id)).Write(request.Reply);
            }

            return IggyStatus.Ok;
        }));

    private IggyStatus WithGroup(Request request, Func<ServerTopic, GroupState, IggyStatus> use)
    {
        if (!request.TryRead(out GroupTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(target.Stream, target.Topic, out _, out var topic, out var open);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        return CatalogState.Find(topic, target.Group) is { } group ? use(open, group) : IggyStatus.GroupNotFound;
    }

    /// <summary>A list of what does not exist is empty in one dialect and an error in the other.</summary>
    private static IggyStatus Missing(Request request, IggyStatus status)
        => request.Client.Dialect.Kind == IggyDialect.Classic ? IggyStatus.Ok : status;

    private static GroupInfo Describe(ServerTopic open, GroupState group)
        => new(group.Id, (uint)open.Partitions.Length, (uint)open.With(group, members => members.Count), group.Name);
}
