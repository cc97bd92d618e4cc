using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Heartbeats: heard from every header, and passed on where the detector lives by them.</content>
public sealed partial class SwimEngine
{
    private const int RoundsPerReap = 64;

    /// <summary>How much later than usual a member's heartbeat is, in mean intervals: a local opinion, in either detector, and no verdict.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="id">The member.</param>
    /// <returns>Zero while it is in time, never heard of, or unknown.</returns>
    public double PhiOf(MeshInstant now, MemberId id) => _members.Find(id) is { } record && record != _self
        ? _detector.Phi(MeshInstant.Max(_now, now), record, _members.PresentCount)
        : 0;

    private void Heard(MeshInstant now, MemberRecord record, uint heartbeat)
    {
        var members = _members.PresentCount;
        record.Heartbeats.Hear(now, heartbeat, _detector.ExpectedInterval(members), counts: record.IsPresent && !_detector.Accuses(now, record, members));
    }

    /// <summary>Passes on the newest heartbeat of as many members as fit a datagram, in turn, to some random members.</summary>
    private void SpreadHeartbeats(MeshInstant now)
    {
        var records = _members.Records;
        var start = _heartbeatCursor;
        foreach (var peer in _picker.Pick(now, _settings.GossipFanout, PeerFilter.Gossip, _self))
        {
            var buffer = BeginDatagram(Head(MessageKind.Heartbeats, 0), out var writer);
            var sent = 0;
            for (; sent < records.Count && writer.Room >= WireHeartbeat.Bytes; sent++)
            {
                var record = records[(start + sent) % records.Count];
                if (record.IsPresent && record != _self && record.Heartbeats.Heartbeat > 0)
                {
                    new WireHeartbeat(record.State.NameHash, (uint)record.Key.Generation.Value, record.Heartbeats.Heartbeat).Write(ref writer);
                }
            }

            _heartbeatCursor = (start + sent) % records.Count;
            Post(buffer, writer.Written, Peer.Of(peer), urgent: false);
        }
    }

    private void OnHeartbeats(MeshInstant now, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        while (WireHeartbeat.TryRead(ref reader, out var heard))
        {
            if (_members.Find(heard.NameHash) is { } record && record != _self && (uint)record.Key.Generation.Value == heard.Generation)
            {
                Heard(now, record, heard.Heartbeat);
            }
        }
    }

    /// <summary>Suspects those the detector accuses on their heartbeats alone.</summary>
    private void JudgeHeartbeats(MeshInstant now)
    {
        if (now < _quietUntil)
        {
            return;
        }

        var members = _members.PresentCount;
        for (var index = 0; index < _members.Count; index++)
        {
            var record = _members.Records[index];
            var isSilent = record != _self && record.IsPresent && _detector.Accuses(now, record, members);
            if (isSilent && record.Suspicion?.IsAccusedBy(_self) != true)
            {
                ApplyOwn(now, record, record.Key with { Rank = MemberStatus.Suspect });
            }
        }
    }
}
