using System.Reflection;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Silo.Http;

namespace Chirps.Silo.Page;

/// <summary>The page's data from the mesh node of this process, which starts later than this is made.</summary>
internal sealed class MeshPageSource(IServiceProvider services, IGrainFactory grains, TimeProvider clock, bool dashboard, bool tokenNeeded) : IPageSource
{
    /// <summary>So many members are asked for evidence in one look; with more of them, each has its turn.</summary>
    private const int EvidencePerLook = 128;

    private const int EventsMax = 200;
    private const double ChangeWorthTelling = 0.02;

    private static readonly string _software = typeof(MeshPageSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly Dictionary<MemberId, (double Phi, double? Probe)> _evidence = [];
    private readonly Dictionary<MemberId, PageLink> _links = [];
    private int _turn;

    public ulong Version => Node.Membership.Version;

    private MeshNode Node => services.GetRequiredService<MeshNode>();

    public PageSample Sample()
    {
        var text = new CounterText(Node.Metrics.ToPrometheusText());
        return new PageSample(
            clock.GetUtcNow(),
            [.. Enum.GetValues<MessageProfile>().Select(profile => Traffic(text, profile))],
            (long)(text.Sum("chirps_message_drops_total") ?? 0),
            (long)(text.Sum("chirps_retransmits_total") ?? 0));
    }

    /// <remarks>One caller at a time: what was measured before is kept.</remarks>
    public async Task<PageSnapshot> LookAsync(IReadOnlyList<PageSample> samples, CancellationToken cancellationToken)
    {
        var node = Node;
        var view = node.Membership;
        var report = node.Report();
        await AskAsync(node, view, cancellationToken);
        var states = node.ClusterState.ToDictionary(one => one.Owner);
        return new PageSnapshot(
            new PageNode(
                view.Self.Id.ToString(),
                node.Cluster,
                _software,
                report.Transport,
                report.Joined,
                report.LocalHealth,
                report.Connections,
                report.PendingControl,
                view.Version,
                (long?)new CounterText(node.Metrics.ToPrometheusText()).Sum("chirps_tls_certificate_expiry_seconds") / 60 * 60,
                dashboard,
                tokenNeeded,
                [.. report.Subscriptions.Select(one => new PageQueue(one.Topic, one.Queued, one.Capacity, one.Received, one.Dropped))]),
            [.. view.Members.Select(member => new PageMember(
                member.Id.ToString(),
                State(member.Status),
                member.Generation.Value,
                member.Incarnation.Value,
                member.Address.ToString(),
                Rounded(view.Since(member)),
                states.TryGetValue(member.Id, out var state) ? state.Entries.Count : 0,
                state?.MaxVersion ?? 0))],
            [.. view.Members.Where(member => member.Id != view.Self.Id).Select(member => Link(node, member))],
            [.. view.Members.SelectMany(member => node.History(member.Id)).OrderBy(record => record.Change.Version).TakeLast(EventsMax).Select(Event)],
            samples);
    }

    public async Task<PageMemberDetail?> MemberAsync(string id)
    {
        if (!NodeId.IsValid(id) || await grains.GetGrain<INodeGrain>(id).Info() is not { } member)
        {
            return null;
        }

        var peer = grains.GetGrain<INodeGrain>(id);
        var history = (await peer.History()).Select(EventReply.Of).ToList();
        var state = await peer.State();
        var keys = state.OrderBy(item => item.Key, StringComparer.Ordinal).Take(PageMemberDetail.KeysMax).Select(PageKeyValue.Of).ToList();
        return new PageMemberDetail(member, history, await peer.Evidence(), await peer.Link(), keys, state.Count - keys.Count);
    }

    /// <summary>Asks the node's loop for evidence, a bounded number of times.</summary>
    private async Task AskAsync(MeshNode node, MembershipView view, CancellationToken cancellationToken)
    {
        var others = view.Members.Where(member => member.IsPresent && member.Id != view.Self.Id).ToList();
        for (var asked = 0; asked < Math.Min(EvidencePerLook, others.Count); asked++)
        {
            _turn = (_turn + 1) % others.Count;
            var id = others[_turn].Id;
            if (await node.EvidenceAsync(id, cancellationToken) is { } evidence)
            {
                _evidence[id] = (Math.Round(evidence.Phi, 1), Milliseconds(evidence.RoundTrip));
            }
        }

        foreach (var id in _evidence.Keys.Where(id => !view.TryGet(id, out var member) || !member.IsPresent).ToList())
        {
            _evidence.Remove(id);
            _links.Remove(id);
        }
    }

    private PageLink Link(MeshNode node, Member member)
    {
        var link = node.Link(member.Id);
        var isKnown = _evidence.TryGetValue(member.Id, out var evidence);
        var now = new PageLink(
            member.Id.ToString(),
            link is { Connected: true },
            link is { Connected: true, Outgoing: true },
            link is { Connected: true } ? Milliseconds(link.Transport.SmoothedRtt) : null,
            evidence.Probe,
            isKnown ? evidence.Phi : null);

        // A round trip that moved by a hair is not worth a line to every reader.
        if (_links.TryGetValue(member.Id, out var before) && IsNear(before.RttMilliseconds, now.RttMilliseconds) && IsNear(before.ProbeMilliseconds, now.ProbeMilliseconds))
        {
            now = now with { RttMilliseconds = before.RttMilliseconds, ProbeMilliseconds = before.ProbeMilliseconds };
        }

        return _links[member.Id] = now;
    }

    private static bool IsNear(double? before, double? now)
        => before is null == now is null && (before is not { } old || Math.Abs(now!.Value - old) <= old * ChangeWorthTelling);

    private static double? Milliseconds(TimeSpan? time) => time is { } some && some > TimeSpan.Zero ? Math.Round(some.TotalMilliseconds, 3) : null;

    /// <summary>Two clocks make it up, so its last digits tremble.</summary>
    private static DateTimeOffset Rounded(DateTimeOffset time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, time.Offset);

    private static PageTraffic Traffic(CounterText text, MessageProfile profile)
    {
        var label = $"profile=\"{profile.ToString().ToLowerInvariant()}\"";
        long Read(string name) => (long)(text.Sum(name, label) ?? 0);
        return new PageTraffic(
            profile,
            Read("chirps_messages_sent_total"),
            Read("chirps_messages_received_total"),
            Read("chirps_payload_sent_bytes_total"),
            Read("chirps_payload_received_bytes_total"));
    }

    private static PageEvent Event(MembershipRecord record) => new(
        record.Change.Version,
        record.At,
        record.Change.Kind.ToString(),
        record.Change.Member.Id.ToString(),
        record.Change.OldStatus is { } old ? State(old) : null,
        State(record.Change.NewStatus),
        record.Change.Accuser is { IsDefault: false } accuser ? accuser.ToString() : null,
        record.Change.Member.Incarnation.Value);

    private static MemberState State(MemberStatus status) => status switch
    {
        MemberStatus.Alive => MemberState.Alive,
        MemberStatus.Suspect => MemberState.Suspect,
        MemberStatus.Dead => MemberState.Dead,
        _ => MemberState.Left,
    };
}
