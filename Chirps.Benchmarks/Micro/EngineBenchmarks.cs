using BenchmarkDotNet.Attributes;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Benchmarks.Micro;

/// <summary>One protocol period of two engines that talk to each other: ping, acknowledgement, gossip.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private static readonly MemberAddress _here = MemberAddress.FromIPEndPoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
    private static readonly MemberAddress _there = MemberAddress.FromIPEndPoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 2));

    private readonly SwimEngine _left = Make("left", _here);
    private readonly SwimEngine _right = Make("right", _there);
    private MeshInstant _now = new(1_000_000_000);

    [GlobalSetup]
    public void Join()
    {
        _left.Join(_now, [_there]);
        for (var turn = 0; turn < 100; turn++)
        {
            OnePeriod();
        }
    }

    [Benchmark]
    public int OnePeriod()
    {
        _now += SwimSettings.Lan.Period;
        _left.Advance(_now);
        _right.Advance(_now);
        return Exchange() + Exchange() + Exchange();
    }

    private static SwimEngine Make(string name, MemberAddress address)
        => new(SwimSettings.Lan, "bench", MemberId.Parse(name), new Generation(1), new Incarnation(0), address, new SeededRandom(1).Split(name), new MeshInstant(1_000_000_000));

    private int Exchange() => Pass(_left, _right, _here) + Pass(_right, _left, _there);

    private int Pass(SwimEngine from, SwimEngine to, MemberAddress address)
    {
        var passed = 0;
        while (from.TryDequeueDatagram(out var datagram))
        {
            to.Receive(_now, new PeerSource(from.Self.Id, address), datagram.Bytes.Span);
            passed++;
        }

        while (from.TryDequeueEvent(out _) || from.TryDequeueProbe(out _))
        {
            passed += 0;
        }

        return passed;
    }
}
