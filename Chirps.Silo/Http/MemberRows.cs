using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary><c>/api/members</c>: all members with the links to them and what speaks against them, in one answer.</summary>
internal static class MemberRows
{
    public static void MapMemberRows(this IEndpointRouteBuilder routes) => routes.MapGet("/api/members", async (IMeshNode node, TimeProvider clock, CancellationToken cancellationToken) =>
    {
        var view = node.Membership;
        var report = node.Report();
        var rows = new List<MemberRow>(view.Members.Count);
        foreach (var member in view.Members)
        {
            var evidence = member.Id == view.Self.Id ? null : await node.EvidenceAsync(member.Id, cancellationToken);
            rows.Add(Row(view, member, node.Link(member.Id), evidence));
        }

        return new MembersReply(new NodeId(view.Self.Id.ToString()), node.Cluster, clock.GetUtcNow(), report.Joined, view.Version, report.LocalHealth, report.Transport, rows);
    });

    private static MemberRow Row(MembershipView view, Member member, LinkReport? link, EvidenceReport? evidence)
    {
        var accuser = evidence is { Accusations: [.., var last] } && member.Status is MemberStatus.Suspect or MemberStatus.Dead ? last.Accuser : null;
        return new MemberRow(
            new NodeId(member.Id.ToString()),
            member.Id == view.Self.Id,
            Enum.Parse<MemberState>(member.Status.ToString()),
            member.Address.ToString(),
            member.Generation.Value,
            member.Incarnation.Value,
            view.Since(member),
            link is { Connected: true } ? link.Transport.SmoothedRtt.TotalMilliseconds : evidence?.RoundTrip?.TotalMilliseconds,
            evidence?.Phi ?? 0,
            link is { Connected: true } ? $"{(link.Outgoing ? "out" : "in")}, {link.Handshake}" : null,
            accuser is { IsDefault: false } known ? new NodeId(known.ToString()) : null);
    }
}

/// <summary>Answer of <c>/api/members</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="At">Now, by its clock.</param>
/// <param name="Joined">Whether it is in the mesh.</param>
/// <param name="MembershipVersion">The version of its last membership event.</param>
/// <param name="LocalHealth">Lifeguard's local health: 0 is healthy.</param>
/// <param name="Transport">What carries the mesh.</param>
/// <param name="Members">The members.</param>
internal sealed record MembersReply(NodeId Node, string Cluster, DateTimeOffset At, bool Joined, ulong MembershipVersion, int LocalHealth, string Transport, IReadOnlyList<MemberRow> Members);

/// <summary>One member as the node that answers sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsSelf">Whether it is the node that answers.</param>
/// <param name="State">What it is held to be.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Generation">Which start of its process.</param>
/// <param name="Incarnation">How often it refuted.</param>
/// <param name="Since">Since when the node knows of the state.</param>
/// <param name="RttMilliseconds">Round trip of the connection, or of probes where there is none.</param>
/// <param name="Phi">How late its heartbeat is, in mean intervals.</param>
/// <param name="Link">Which way the connection was dialled, and how; <see langword="null"/> without one.</param>
/// <param name="AccusedBy">Who accused it, while it is suspect or dead.</param>
internal sealed record MemberRow(
    NodeId Id, bool IsSelf, MemberState State, string Address, ulong Generation, uint Incarnation, DateTimeOffset Since, double? RttMilliseconds, double Phi, string? Link, NodeId? AccusedBy);
