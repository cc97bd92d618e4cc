using System.Text;
using Chirps.Silo.Http;
using Chirps.Silo.Page;

namespace Chirps.Tests.Page;

/// <summary>A node's view of a mesh that does not exist, of any size: the page cannot tell. Change it at will.</summary>
internal sealed class SimulatedMesh : IPageSource
{
    private static readonly DateTimeOffset _start = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<PageMember> _members;
    private readonly List<PageEvent> _events = [];
    private readonly Dictionary<string, List<StateItem>> _keys = new(StringComparer.Ordinal);
    private ulong _version = 1;
    private int _samples;

    public SimulatedMesh(int count)
    {
        _members = [.. Enumerable.Range(1, count).Select(number => new PageMember($"node-{number}", MemberState.Alive, 1_763_716_000 + (ulong)number, 0, $"10.0.{number / 250}.{(number % 250) + 1}:42000", _start.AddSeconds(number), 0, 0))];
        foreach (var member in _members.Skip(1))
        {
            _events.Add(new PageEvent(_version++, member.Since, "Joined", member.Id, null, MemberState.Alive, null, 0));
        }
    }

    public ulong Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    /// <summary>How often the whole was looked at.</summary>
    public int Looks { get; private set; }

    /// <summary>Changes a member's state, with an event in the timeline.</summary>
    public void Become(string id, MemberState state, string? accuser = null)
    {
        lock (_gate)
        {
            var at = _members.FindIndex(member => member.Id == id);
            var old = _members[at];
            var when = _start.AddMinutes(20).AddSeconds(_version);
            _members[at] = old with { State = state, Since = when, Incarnation = old.Incarnation + (state == MemberState.Alive ? 1u : 0) };
            _events.Add(new PageEvent(_version++, when, state == MemberState.Left ? "Left" : "StatusChanged", id, old.State, state, accuser, _members[at].Incarnation));
        }
    }

    /// <summary>Gives a member a key-value.</summary>
    public void SetState(string id, string key, string value)
    {
        lock (_gate)
        {
            var keys = _keys.TryGetValue(id, out var known) ? known : _keys[id] = [];
            keys.Add(new StateItem(key, Encoding.UTF8.GetBytes(value), (ulong)keys.Count + 1));
            var at = _members.FindIndex(member => member.Id == id);
            _members[at] = _members[at] with { Keys = keys.Count, StateVersion = (ulong)keys.Count };
            _version++;
        }
    }

    /// <summary>Another name for a member, as a hostile peer might choose it.</summary>
    public void Rename(string id, string name)
    {
        lock (_gate)
        {
            var at = _members.FindIndex(member => member.Id == id);
            _members[at] = _members[at] with { Id = name };
            _version++;
        }
    }

    public PageSample Sample()
    {
        lock (_gate)
        {
            var second = _samples++;
            long Wave(int mean, int period) => (long)((mean * second) + (mean * period / 9.0 * Math.Sin(second * 2 * Math.PI / period)));
            return new PageSample(
                _start.AddMinutes(30).AddSeconds(second),
                [
                    new PageTraffic(MessageProfile.Control, Wave(420, 40), Wave(380, 28), Wave(420, 40) * 512, Wave(380, 28) * 512),
                    new PageTraffic(MessageProfile.Ephemeral, Wave(5200, 60), Wave(4900, 25), Wave(5200, 60) * 128, Wave(4900, 25) * 128),
                    new PageTraffic(MessageProfile.Durable, Wave(35, 30), Wave(70, 50), Wave(35, 30) * 2048, Wave(70, 50) * 2048),
                ],
                17,
                3);
        }
    }

    public Task<PageSnapshot> LookAsync(IReadOnlyList<PageSample> samples, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Looks++;
            var connected = _members.Skip(1).Count(member => member.State < MemberState.Dead);
            return Task.FromResult(new PageSnapshot(
                new PageNode(_members[0].Id, "demo", "0.1.0", "ngtcp2 1.12.0", true, 0, connected, 12, _version, 63 * 86_400, true, false, [new PageQueue("orders", 3, 16_384, 182_311, 0), new PageQueue("*", 0, 16_384, 1_204_551, 0)]),
                [.. _members],
                [.. _members.Skip(1).Select(Link)],
                [.. _events.TakeLast(200)],
                samples));
        }
    }

    public Task<PageMemberDetail?> MemberAsync(string id)
    {
        lock (_gate)
        {
            if (_members.Find(member => member.Id == id) is not { } found)
            {
                return Task.FromResult<PageMemberDetail?>(null);
            }

            var info = new MemberInfo(new NodeId(found.Id), found.State, found.Generation, found.Incarnation, found.Address, found.Since);
            var keys = _keys.GetValueOrDefault(id) ?? [];
            var accusations = _events
                .Where(one => one.Id == id && one.Accuser is not null)
                .Select(one => new MemberAccusation(found.Generation, found.Incarnation, new NodeId(one.Accuser!), one.At, [new AccusationHelper(new NodeId("node-3"), true)], [], AccusationResult.Dead, one.At.AddSeconds(2), new NodeId(one.Accuser!)));
            var evidence = new MemberEvidence(0.4, TimeSpan.FromMilliseconds(1.3), [.. accusations]);
            var link = found == _members[0] ? null : new LinkStatistics(
                found.State < MemberState.Dead, true, TimeSpan.FromMilliseconds(Rtt(found)), TimeSpan.FromMilliseconds(Rtt(found) * 0.8), 18_211, 17_903, 9_420_113, 8_775_002, 4, 0, "Resumed", _start.AddDays(60), [new LaneStatistics(0, 0, 0, 0, 5_402, 0), new LaneStatistics(2, 12, 0, 6_144, 48_113, 3)]);
            return Task.FromResult<PageMemberDetail?>(new PageMemberDetail(info, [], evidence, link, [.. keys.Select(PageKeyValue.Of)], 0));
        }
    }

    private static PageLink Link(PageMember member)
        => member.State < MemberState.Dead ? new PageLink(member.Id, true, true, Rtt(member), Rtt(member) * 1.1, member.State == MemberState.Suspect ? 9.3 : 0.4) : new PageLink(member.Id, false, false, null, null, null);

    /// <summary>Three racks, near and far, told apart by the member's number.</summary>
    private static double Rtt(PageMember member)
    {
        var number = (int)(member.Generation % 1000);
        return Math.Round((number % 3) switch { 0 => 0.35, 1 => 1.1, _ => 7.5 } * (1 + (number * 37 % 50 / 40.0)), 2);
    }
}
