using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Sending: gossip, whole tables, answers to the out of date, and looking for the other side of a partition.</content>
public sealed partial class SwimEngine
{
    private const int TableDatagramsMax = 16;

    private SwimMessage Head(MessageKind kind, uint sequence, MessageFlags flags = MessageFlags.None) => new()
    {
        Kind = kind,
        Flags = flags,
        Heartbeat = _heartbeat,
        Incarnation = _self.Key.Incarnation,
        Cluster = _cluster,
        SenderGeneration = _self.Key.Generation,
        SenderName = _self.NameUtf8,
        Sequence = sequence,
    };

    /// <summary>Sends a message, with queued updates in the rest of the datagram (SWIM paper, section 4.1).</summary>
    /// <remarks>A receiver held suspect or dead is told so first, so that it can refute (Lifeguard paper, "buddy system").</remarks>
    private void Send(scoped in SwimMessage message, Peer to, bool urgent, MemberRecord? lead = null)
    {
        var buffer = _outbox.Rent();
        var writer = new ByteWriter(buffer.AsSpan(0, _settings.DatagramBytesMax));
        SwimCodec.WriteHead(ref writer, message);
        lead?.ToFact().Write(ref writer);
        var buddy = to.Record is { Status: MemberStatus.Suspect or MemberStatus.Dead } ? to.Record : null;
        if (buddy is not null && buddy != lead)
        {
            buddy.ToFact().Write(ref writer);
        }

        _gossip.Fill(ref writer, lead ?? buddy, SwimFormulas.Transmissions(_settings, _members.PresentCount));
        Post(buffer, writer.Written, to, urgent);
    }

    private void Post(byte[] buffer, int length, Peer to, bool urgent)
    {
        SwimCodec.Seal(buffer.AsSpan(0, length));
        if (_outbox.TryAdd(buffer, length, to.Id, to.Address, urgent))
        {
            _counters.Send((MessageKind)buffer[SwimCodec.KindOffset], length);
        }
        else
        {
            _counters.Drop(DropReason.OutboxFull);
        }
    }

    private void Gossip(MeshInstant now)
    {
        _lastGossip = now;
        var peers = _picker.Pick(now, SwimFormulas.Fanout(_settings, _members.PresentCount), PeerFilter.Gossip, _self);
        if (peers.Count == 0)
        {
            _gossip.Clear();
            return;
        }

        _counters.GossipRounds++;
        for (var index = 0; index < peers.Count && _gossip.Count > 0; index++)
        {
            Send(Head(MessageKind.Gossip, 0), Peer.Of(peers[index]), urgent: false);
        }

        if (_gossip.Count > 0)
        {
            ScheduleGossip();
        }
    }

    /// <summary>News goes out at once, unless a round was only just held: then it waits for the rest of the interval.</summary>
    private void ScheduleGossip()
    {
        if (_deadlines[SwimDeadline.GossipRound] is null)
        {
            _deadlines.Set(SwimDeadline.GossipRound, MeshInstant.Max(_now, _lastGossip + _settings.GossipInterval));
        }
    }

    private void ExchangeTables(MeshInstant now)
    {
        _deadlines.Set(SwimDeadline.AntiEntropy, now + SwimFormulas.AntiEntropyInterval(_settings, _members.PresentCount));
        var partner = _exchangeNext;
        _exchangeNext = null;
        if (partner is not { IsPresent: true })
        {
            var peers = _picker.Pick(now, 1, PeerFilter.Alive, _self);
            partner = peers.Count > 0 ? peers[0] : null;
        }

        if (partner is not null)
        {
            _counters.AntiEntropyRounds++;
            CompareTables(Peer.Of(partner), MessageFlags.None);
        }
    }

    /// <summary>Compares tables with a chosen member at once.</summary>
    internal void CompareTablesWith(MemberId partner) => CompareTables(Peer.Of(_members.Find(partner)!), MessageFlags.None);

    /// <summary>Begins an exchange by a summary, which costs one datagram when both tables agree.</summary>
    private void CompareTables(Peer to, MessageFlags flags)
    {
        Span<uint> buckets = stackalloc uint[StateCodec.Buckets];
        SummarizeTable(buckets);
        SendSummary(MessageKind.TableSummary, flags, buckets, to);
    }

    /// <summary>One number for each bucket of names, over the present members: those gone are forgotten at different times.</summary>
    private void SummarizeTable(Span<uint> buckets)
    {
        buckets.Clear();
        var records = _members.Records;
        for (var index = 0; index < records.Count; index++)
        {
            var record = records[index];
            if (record.IsPresent)
            {
                var key = NameHasher.Mix(((ulong)record.Key.Incarnation.Value << 8) | (byte)record.Key.Rank);
                buckets[StateCodec.BucketOf(record.State.NameHash)] ^=
                    (uint)(NameHasher.Mix(record.State.NameHash ^ NameHasher.Mix(record.Key.Generation.Value ^ key)) >> 32);
            }
        }
    }

    /// <summary>Answers with the facts in the buckets that differ, and once with the own summary, so that the asker sends its side of them.</summary>
    private void OnTableSummary(scoped in SwimMessage message, Peer sender)
    {
        Span<uint> buckets = stackalloc uint[StateCodec.Buckets];
        SummarizeTable(buckets);
        var differing = DifferingBuckets(message.Body, buckets);
        if (differing == 0)
        {
            return;
        }

        _counters.AntiEntropyDifferences++;
        SendTable(sender, 0, MessageFlags.None, differing);
        if ((message.Flags & MessageFlags.Answer) == 0)
        {
            SendSummary(MessageKind.TableSummary, MessageFlags.Answer, buckets, sender);
        }
    }

    private void ExchangeSoon(MeshInstant now, MemberRecord? partner)
    {
        if (IsLeaving)
        {
            return;
        }

        _exchangeNext = partner;
        var soon = now + _settings.GossipInterval + _random.NextDuration(_settings.GossipInterval * 4);
        if (_deadlines[SwimDeadline.AntiEntropy] is not { } due || due > soon)
        {
            _deadlines.Set(SwimDeadline.AntiEntropy, soon);
        }
    }

    /// <summary>Sends the table, or some buckets of it, in datagrams that each stand for themselves; only the first asks for the receiver's.</summary>
    private void SendTable(Peer to, uint sequence, MessageFlags flags, ulong buckets = ulong.MaxValue)
    {
        var records = _members.Records;
        if (_settings.LargeTablesOnStreams && (flags & MessageFlags.RequestTable) == 0 && !to.Id.IsDefault && TableBytes(buckets) > TableDatagramsMax * _settings.DatagramBytesMax)
        {
            TransferTable(to, flags, buckets);
            return;
        }

        for (var index = 0; index < records.Count;)
        {
            if (_outbox.Room <= 0)
            {
                _counters.Drop(DropReason.OutboxFull);
                return;
            }

            var buffer = _outbox.Rent();
            var writer = new ByteWriter(buffer.AsSpan(0, _settings.DatagramBytesMax));
            SwimCodec.WriteHead(ref writer, Head(MessageKind.AntiEntropy, sequence, flags));
            for (; index < records.Count; index++)
            {
                if (!IsIn(buckets, records[index]))
                {
                    continue;
                }

                if (records[index].FactBytes > writer.Room)
                {
                    break;
                }

                records[index].ToFact().Write(ref writer);
            }

            flags &= ~MessageFlags.RequestTable;
            Post(buffer, writer.Written, to, urgent: false);
        }
    }

    private static bool IsIn(ulong buckets, MemberRecord record) => (buckets >> StateCodec.BucketOf(record.State.NameHash) & 1) != 0;

    private int TableBytes(ulong buckets)
    {
        var bytes = 0;
        for (var index = 0; index < _members.Count; index++)
        {
            bytes += IsIn(buckets, _members.Records[index]) ? _members.Records[index].FactBytes : 0;
        }

        return bytes;
    }

    private void TransferTable(Peer to, MessageFlags flags, ulong buckets)
    {
        var left = TableBytes(buckets);
        for (var index = 0; index < _members.Count;)
        {
            var bytes = new byte[Math.Min(StateCodec.TransferHeadBytes + left, _settings.State.TransferBytesMax)];
            var writer = new ByteWriter(bytes);
            WriteTransferHead(ref writer, MessageKind.AntiEntropy, flags & MessageFlags.Answer);
            var before = writer.Written;
            for (; index < _members.Count; index++)
            {
                var record = _members.Records[index];
                if (!IsIn(buckets, record))
                {
                    continue;
                }

                if (record.FactBytes > writer.Room)
                {
                    break;
                }

                record.ToFact().Write(ref writer);
            }

            if (writer.Written == before)
            {
                return; // the rest of the table is in other buckets
            }

            left -= writer.Written - before;
            HandOut(to, bytes.AsMemory(0, writer.Written));
        }
    }

    /// <summary>Learns who an unknown sender is by asking for its table.</summary>
    private void AskForTable(MeshInstant now, Peer sender)
    {
        if (TryTakeAnswer(now, _self))
        {
            Send(Head(MessageKind.AntiEntropy, ++_sequence, MessageFlags.RequestTable), sender, urgent: false, _self);
        }
    }

    /// <summary>Answers a stale fact with the newer one, at most once a period for each member.</summary>
    /// <remarks>Sent as a part of a table: a death in it makes a third party suspicious only, while the subject itself refutes.</remarks>
    private void AnswerWith(MeshInstant now, MemberRecord subject, Peer to)
    {
        if (!TryTakeAnswer(now, subject))
        {
            _counters.Drop(DropReason.AnswerLimited);
            return;
        }

        _counters.StaleAnswers++;
        Send(Head(MessageKind.AntiEntropy, 0), to, urgent: false, subject);
    }

    private void AnswerTombstone(MeshInstant now, ReadOnlySpan<byte> name, FactKey end, MemberAddress address, Peer to)
    {
        if (!_tombstones.TryTakeAnswer(name, now, _settings.Period))
        {
            _counters.Drop(DropReason.AnswerLimited);
            return;
        }

        _counters.StaleAnswers++;
        var buffer = _outbox.Rent();
        var writer = new ByteWriter(buffer.AsSpan(0, _settings.DatagramBytesMax));
        SwimCodec.WriteHead(ref writer, Head(MessageKind.AntiEntropy, 0));
        new WireFact { Name = name, Key = end, Address = address }.Write(ref writer);
        Post(buffer, writer.Written, to, urgent: false);
    }

    private bool TryTakeAnswer(MeshInstant now, MemberRecord subject)
    {
        if (subject.LastAnswer is { } last && now - last < _settings.Period)
        {
            return false;
        }

        subject.LastAnswer = now;
        return true;
    }

    /// <summary>Perhaps tries a dead member, and perhaps a seed that is no member: either may be the other side of a partition.</summary>
    /// <remarks>chitchat's probabilities: dead / (live + 1), and seeds / (live + dead) or always when nobody is live.</remarks>
    private void Heal(MeshInstant now)
    {
        _deadlines.Set(SwimDeadline.Healing, now + (_settings.HealInterval * (0.75 + (0.5 * _random.NextDouble()))));
        var live = _members.PresentCount - 1;
        var dead = _members.CountOf(MemberStatus.Dead);
        if (dead > 0 && _random.NextDouble() * (live + 1) < dead)
        {
            _counters.HealingAttempts++;
            var chosen = _picker.Pick(now, 1, PeerFilter.Dead, _self);
            Send(Head(MessageKind.Gossip, 0), Peer.Of(chosen[0]), urgent: false, _self);
        }

        if (_seeds.Count > 0 && _exchanged && (live == 0 || _random.NextDouble() * (live + dead) < _seeds.Count))
        {
            var seed = _random.Pick(_seeds.Addresses);
            if (!IsPresentAt(seed))
            {
                _counters.HealingAttempts++;
                AskSeed(seed);
            }
        }
    }

    private bool IsPresentAt(MemberAddress address)
    {
        for (var index = 0; index < _members.Count; index++)
        {
            if (_members.Records[index].Address == address && _members.Records[index].IsPresent)
            {
                return true;
            }
        }

        return false;
    }
}
