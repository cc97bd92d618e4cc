namespace Chirps.Silo.Http;

/// <summary>The members as JSON: <c>/membership</c>, <c>/membership/{id}</c>.</summary>
internal static class MembershipEndpoints
{
    public static void MapMembership(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/membership", async (IGrainFactory grains) =>
        {
            var mesh = grains.GetGrain<IMeshGrain>(IMeshGrain.LocalKey);
            return new MembershipReply(await mesh.Status(), await mesh.Members());
        });
        routes.MapGet("/membership/{id}", async (string id, IGrainFactory grains) =>
        {
            if (!NodeId.IsValid(id) || await grains.GetGrain<INodeGrain>(id).Info() is not { } member)
            {
                return Results.NotFound(new { error = $"no member '{id}'" });
            }

            var peer = grains.GetGrain<INodeGrain>(id);
            var history = (await peer.History()).Select(EventReply.Of).ToList();
            return Results.Ok(new MemberReply(member, history, await peer.Link()));
        });
    }
}

/// <summary>Answer of <c>/membership</c>.</summary>
internal sealed record MembershipReply(MeshStatus Status, IReadOnlyList<MemberInfo> Members);

/// <summary>Answer of <c>/membership/{id}</c>.</summary>
internal sealed record MemberReply(MemberInfo Member, IReadOnlyList<EventReply> History, LinkStatistics? Link);

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
