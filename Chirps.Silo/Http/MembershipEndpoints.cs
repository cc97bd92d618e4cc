using System.Text;
using System.Text.Unicode;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary>The members as JSON: <c>/membership</c>, <c>/membership/{id}</c>; everybody's key-values: <c>/state</c>.</summary>
internal static class MembershipEndpoints
{
    public static void MapMembership(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/membership", async (IGrainFactory grains) =>
        {
            var mesh = grains.GetGrain<IMeshGrain>(IMeshGrain.LocalKey);
            return new MembershipReply(await mesh.Status(), await mesh.Members());
        });
        routes.MapGet("/state", (IMeshNode node) =>
            node.ClusterState.ToDictionary(one => one.Owner.ToString(), one => one.Entries.Select(entry => StateReply.Of(new StateItem(entry.Key, entry.Value, entry.Version))), StringComparer.Ordinal));
        routes.MapGet("/membership/{id}", async (string id, IGrainFactory grains) =>
        {
            if (!NodeId.IsValid(id) || await grains.GetGrain<INodeGrain>(id).Info() is not { } member)
            {
                return Results.NotFound(new { error = $"no member '{id}'" });
            }

            var peer = grains.GetGrain<INodeGrain>(id);
            var state = (await peer.State()).Select(StateReply.Of).ToList();
            var history = (await peer.History()).Select(EventReply.Of).ToList();
            return Results.Ok(new MemberReply(member, history, await peer.Evidence(), await peer.Link(), state));
        });
    }
}

/// <summary>Answer of <c>/membership</c>.</summary>
internal sealed record MembershipReply(MeshStatus Status, IReadOnlyList<MemberInfo> Members);

/// <summary>Answer of <c>/membership/{id}</c>.</summary>
internal sealed record MemberReply(MemberInfo Member, IReadOnlyList<EventReply> History, MemberEvidence? Evidence, LinkStatistics? Link, IReadOnlyList<StateReply> State);

/// <summary>One key-value: as text where it is UTF-8, always as base64.</summary>
internal sealed record StateReply(string Key, string? Text, ReadOnlyMemory<byte> Value, ulong Version)
{
    public static StateReply Of(StateItem item)
        => new(item.Key, Utf8.IsValid(item.Value.Span) ? Encoding.UTF8.GetString(item.Value.Span) : null, item.Value, item.Version);
}

/// <summary>A membership event, flat.</summary>
internal sealed record EventReply(ulong Version, string Kind, MemberInfo Member, DateTimeOffset At, MemberState? OldState, MemberState NewState, NodeId? Accuser)
{
    public static EventReply Of(MembershipEvent source) => new(
        source.Version,
        source.GetType().Name,
        source.Member,
        source.At,
        (source as MemberStatusChanged)?.OldState,
        source.Member.State,
        (source as MemberStatusChanged)?.Accuser);
}
