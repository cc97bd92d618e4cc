using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chirps.Quic;

/// <summary>Who sends next: probe datagrams, level 0, data datagrams, then levels 1 to 7 by weight; round robin within a level.</summary>
/// <remarks>
/// <para>Levels 1 to 7 are served by start-time fair queueing (Goyal, Vin and Cheng, 1996): each level has a virtual time that its
/// bytes move on, one byte of a level by twice as much as one of the level before, and the level furthest behind is next. A
/// level that had nothing to send for a while starts at the present and saves up nothing.</para>
/// <para>While a stream of level 1 to 7 waits, data datagrams take at most <see cref="DatagramShare"/> times its bytes, after a first
/// burst: a flood of them slows bulk to a fifth and never stops it. Level 0 and probes have no such bound; their senders are
/// bounded by what they are for.</para>
/// <para>Decides only; used by whoever runs the connection.</para>
/// </remarks>
internal sealed class LaneScheduler
{
    public const int Levels = 8;

    /// <summary>Bytes of data datagrams for each byte of a waiting stream of level 1 to 7.</summary>
    public const int DatagramShare = 4;

    /// <summary>Bytes of data datagrams that go before a waiting stream of level 1 to 7: about eight packets.</summary>
    public const int DatagramBurstBytes = 12_000;

    private const int UrgentMask = 1;

    private Rings _rings;
    private Times _times;
    private long _now;
    private int _mask;
    private int _datagramDebt;

    /// <summary>The member whose turn it is, or null.</summary>
    public LaneMember? Peek() => _mask == 0 ? null : _rings[NextLevel()];

    /// <summary>What goes next.</summary>
    /// <param name="hasProbe">A probe datagram waits.</param>
    /// <param name="hasData">A data datagram waits.</param>
    /// <param name="member">The result of <see cref="Peek"/>, or null when that has no credit.</param>
    public LaneTurn Choose(bool hasProbe, bool hasData, LaneMember? member)
    {
        if (hasProbe)
        {
            return LaneTurn.Probe;
        }

        var datagramMayGo = member == null || (member.ReadyLevel != 0 && _datagramDebt < DatagramBurstBytes);
        return hasData && datagramMayGo ? LaneTurn.Data : LaneTurn.Stream;
    }

    /// <summary>Adds a member at the end of a level, or moves it there when it waits in another.</summary>
    public void Add(LaneMember member, int level)
    {
        if (member.ReadyLevel == level)
        {
            return;
        }

        Remove(member);
        member.ReadyLevel = level;
        ref var head = ref _rings[level];
        if (head == null)
        {
            head = member;
            member.NextReady = member;
            member.PreviousReady = member;
            _times[level] = Math.Max(_times[level], _now);
        }
        else
        {
            member.PreviousReady = head.PreviousReady;
            member.NextReady = head;
            head.PreviousReady!.NextReady = member;
            head.PreviousReady = member;
        }

        _mask |= 1 << level;
    }

    public void Remove(LaneMember member)
    {
        var level = member.ReadyLevel;
        if (level == LaneMember.NotReady)
        {
            return;
        }

        if (member.NextReady == member)
        {
            _rings[level] = null;
            _mask &= ~(1 << level);
        }
        else
        {
            member.PreviousReady!.NextReady = member.NextReady;
            member.NextReady!.PreviousReady = member.PreviousReady;
            if (_rings[level] == member)
            {
                _rings[level] = member.NextReady;
            }
        }

        member.NextReady = null;
        member.PreviousReady = null;
        member.ReadyLevel = LaneMember.NotReady;
    }

    /// <summary>Counts bytes of a member that waits against its level.</summary>
    public void Charge(LaneMember member, long bytes)
    {
        var level = member.ReadyLevel;
        if (level <= 0)
        {
            return;
        }

        _now = Math.Max(_now, _times[level]);
        _times[level] += bytes << (level - 1);
        _datagramDebt = (int)Math.Max(0, _datagramDebt - (bytes * DatagramShare));
    }

    /// <summary>Counts bytes of a data datagram.</summary>
    public void ChargeDatagram(int bytes) => _datagramDebt = Math.Min(DatagramBurstBytes, _datagramDebt + bytes);

    /// <summary>Ends a member's turn.</summary>
    public void Rotate(LaneMember member)
    {
        if (member.ReadyLevel != LaneMember.NotReady && _rings[member.ReadyLevel] == member)
        {
            _rings[member.ReadyLevel] = member.NextReady;
        }
    }

    private int NextLevel()
    {
        if ((_mask & UrgentMask) != 0)
        {
            return 0;
        }

        var next = BitOperations.TrailingZeroCount(_mask);
        for (var rest = _mask & (_mask - 1); rest != 0; rest &= rest - 1)
        {
            var level = BitOperations.TrailingZeroCount(rest);
            if (_times[level] < _times[next])
            {
                next = level; // of equal ones the more urgent stays
            }
        }

        return next;
    }

    /// <summary>The member of each level whose turn is next.</summary>
    [InlineArray(Levels)]
    private struct Rings
    {
        private LaneMember? _first;
    }

    /// <summary>The virtual time of each level.</summary>
    [InlineArray(Levels)]
    private struct Times
    {
        private long _first;
    }
}
