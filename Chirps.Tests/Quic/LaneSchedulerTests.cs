using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class LaneSchedulerTests
{
    private const int Packet = 1400;

    private readonly LaneScheduler _scheduler = new();

    [Fact]
    public void Levels_1_to_7_share_by_weight()
    {
        var members = AddEach(1, 2, 3, 4, 5, 6, 7);

        Serve(packets: 12_700);

        Assert.Equal([64, 32, 16, 8, 4, 2, 1], members.Select(member => (int)Math.Round(member.Bytes / (100.0 * Packet))));
    }

    [Fact]
    public void A_share_nobody_uses_goes_to_the_others_by_their_weights()
    {
        var members = AddEach(3, 7);

        Serve(packets: 1_700);

        Assert.Equal([1_600, 100], members.Select(member => (int)(member.Bytes / Packet)));
    }

    [Fact]
    public void Level_0_goes_before_everything_else()
    {
        var (urgent, other) = (new Member(), new Member());
        _scheduler.Add(other, 1);
        _scheduler.Add(urgent, 0);

        Serve(packets: 1_000);

        Assert.Equal(0, other.Bytes);
        Assert.Equal(1_000 * Packet, urgent.Bytes);
    }

    [Fact]
    public void Members_of_one_level_take_turns()
    {
        var members = AddEach(4, 4, 4);

        var order = Enumerable.Range(0, 6).Select(_ => Array.IndexOf(members, ServeOne())).ToArray();

        Assert.Equal([0, 1, 2, 0, 1, 2], order);
    }

    [Fact]
    public void A_level_that_was_idle_neither_catches_up_nor_waits()
    {
        var (steady, late) = (new Member(), new Member());
        _scheduler.Add(steady, 1);
        Serve(packets: 10_000);
        steady.Bytes = 0;

        _scheduler.Add(late, 2);
        Serve(packets: 300);

        Assert.InRange(steady.Bytes / Packet, 199, 201);
        Assert.InRange(late.Bytes / Packet, 99, 101);
    }

    [Fact]
    public void A_more_urgent_level_that_wakes_is_next_even_after_long_bulk()
    {
        var (bulk, wakes) = (new Member(), new Member());
        _scheduler.Add(bulk, 7);
        Serve(packets: 10_000);

        _scheduler.Add(wakes, 6);

        Assert.Same(wakes, ServeOne());
    }

    [Fact]
    public void A_changed_priority_moves_a_waiting_member()
    {
        var (moved, other) = (new Member(), new Member());
        _scheduler.Add(moved, 7);
        _scheduler.Add(other, 1);

        _scheduler.Add(moved, 0);

        Assert.Same(moved, _scheduler.Peek());
        _scheduler.Remove(moved);
        Assert.Same(other, _scheduler.Peek());
        _scheduler.Remove(other);
        Assert.Null(_scheduler.Peek());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Probes_go_before_every_stream(int level)
    {
        _scheduler.Add(new Member(), level);

        Assert.Equal(LaneTurn.Probe, _scheduler.Choose(hasProbe: true, hasData: true, _scheduler.Peek()));
    }

    [Fact]
    public void Data_datagrams_go_after_level_0_and_before_the_rest()
    {
        var (urgent, other) = (new Member(), new Member());
        _scheduler.Add(urgent, 0);
        _scheduler.Add(other, 1);

        Assert.Equal(LaneTurn.Stream, _scheduler.Choose(hasProbe: false, hasData: true, _scheduler.Peek()));
        _scheduler.Remove(urgent);
        Assert.Equal(LaneTurn.Data, _scheduler.Choose(hasProbe: false, hasData: true, _scheduler.Peek()));
    }

    [Fact]
    public void A_flood_of_datagrams_leaves_streams_a_fifth()
    {
        var bulk = AddEach(7)[0];

        var datagrams = ServeBesideDatagrams(packets: 10_000);

        Assert.InRange(bulk.Bytes / (double)(bulk.Bytes + datagrams), 0.19, 0.21);
    }

    [Fact]
    public void Datagrams_go_on_while_streams_have_no_credit()
    {
        AddEach(7);
        ServeBesideDatagrams(packets: 1_000);

        Assert.Equal(LaneTurn.Data, _scheduler.Choose(hasProbe: false, hasData: true, member: null));
    }

    private Member[] AddEach(params int[] levels)
    {
        var members = levels.Select(_ => new Member()).ToArray();
        foreach (var (member, level) in members.Zip(levels))
        {
            _scheduler.Add(member, level);
        }

        return members;
    }

    private void Serve(int packets)
    {
        for (var packet = 0; packet < packets; packet++)
        {
            ServeOne();
        }
    }

    private Member ServeOne()
    {
        var member = (Member)_scheduler.Peek()!;
        member.Bytes += Packet;
        _scheduler.Charge(member, Packet);
        _scheduler.Rotate(member);
        return member;
    }

    private long ServeBesideDatagrams(int packets)
    {
        long datagrams = 0;
        for (var packet = 0; packet < packets; packet++)
        {
            if (_scheduler.Choose(hasProbe: false, hasData: true, _scheduler.Peek()) == LaneTurn.Data)
            {
                _scheduler.ChargeDatagram(Packet);
                datagrams += Packet;
            }
            else
            {
                ServeOne();
            }
        }

        return datagrams;
    }

    private sealed class Member : LaneMember
    {
        public long Bytes { get; set; }
    }
}
