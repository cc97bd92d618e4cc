using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.Channels;
using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Udp;
using Chirps.Tests.Fakes;
using Chirps.Tests.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Node;

/// <summary>The socket shell alone: two carriers on loopback, alice and bob.</summary>
public sealed class UdpCarrierTests : IDisposable
{
    private static readonly MemberId _alice = MemberId.Parse("alice");
    private static readonly MemberId _bob = MemberId.Parse("bob");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(one => one.Dispose());
        _services.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("127.0.0.1", "::")]
    public async Task A_datagram_and_its_answer_pass_between_sockets_of_either_family(string aliceAt, string bobAt)
    {
        var alice = Open(_alice, aliceAt);
        var bob = Open(_bob, bobAt);

        alice.Carrier.SendDatagram(_bob, At(bob, aliceAt == "::1" ? "::1" : "127.0.0.1"), Packets.Ping(7), urgent: true);
        var (source, asked) = await bob.TakeAsync();
        bob.Carrier.SendDatagram(_alice, source, Datagram("bob"), urgent: true);
        var (_, answered) = await alice.TakeAsync();

        Assert.Equal(Packets.Ping(7), asked);
        Assert.Equal(Datagram("bob"), answered);
        Assert.Equal(alice.Carrier.LocalEndPoint.Port, source.Port);
    }

    [Fact]
    public void What_has_no_address_the_socket_can_reach_is_counted_as_unsent()
    {
        var alice = Open(_alice, "127.0.0.1");

        alice.Carrier.SendDatagram(_bob, MemberAddress.FromIPEndPoint(new IPEndPoint(IPAddress.IPv6Loopback, 1)), Packets.Ping(), urgent: true);
        alice.Carrier.SendDatagram(_bob, default, Packets.Ping(), urgent: true);

        Assert.Equal(2, alice.Metric("chirps_udp_packets_unsent_total"));
        Assert.Equal(0, alice.Metric("chirps_udp_packets_sent_total"));
    }

    [Fact]
    public async Task A_port_nobody_listens_on_is_reported_with_its_address()
    {
        var alice = Open(_alice, "127.0.0.1");
        var bob = Open(_bob, "127.0.0.1");
        var address = At(bob, "127.0.0.1");
        bob.Carrier.Dispose();

        alice.Carrier.SendDatagram(_bob, address, Packets.Ping(), urgent: true);

        Assert.Equal(address, await alice.Unreachable.Reader.ReadAsync(Soon()));
    }

    [Fact]
    public async Task A_packet_with_an_unknown_key_is_logged_once_a_minute_and_counted_each_time()
    {
        var alice = Open(_alice, "127.0.0.1");
        var bob = Open(_bob, "127.0.0.1");
        alice.Carrier.Use(new PacketKeyRing([new PacketKey(2, new byte[PacketKey.Bytes])], 2));

        for (var sent = 0; sent < 3; sent++)
        {
            alice.Carrier.SendDatagram(_bob, At(bob, "127.0.0.1"), Packets.Ping(), urgent: true);
        }

        await MeshFixture.Eventually("all are counted", () => bob.Metric("chirps_udp_packets_dropped_total{reason=\"unknown_key\"}") == 3);
        Assert.Contains("UnknownKey", Assert.Single(bob.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_sending_nor_receiving_allocates()
    {
        const int Count = 100;
        var alice = Open(_alice, "127.0.0.1");
        var bob = Open(_bob, "127.0.0.1", keep: false);
        var (address, datagram) = (At(bob, "127.0.0.1"), Packets.Ping());
        await Send(Count);

        var (sending, receiving) = await Send(Count);

        Assert.Equal((0, 0), (sending, receiving));

        async Task<(long Sending, long Receiving)> Send(int count)
        {
            bob.Expect(count);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var sent = 0; sent < count; sent++)
            {
                alice.Carrier.SendDatagram(_bob, address, datagram, urgent: true);
            }

            var sending = GC.GetAllocatedBytesForCurrentThread() - before;
            return (sending, await bob.Received.WaitAsync(Soon()));
        }
    }

    private static MemberAddress At(Node node, string host) => MemberAddress.FromIPEndPoint(new IPEndPoint(IPAddress.Parse(host), node.Carrier.LocalEndPoint.Port));

    private static byte[] Datagram(string sender)
    {
        var datagram = Packets.Ping();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(4), MemberId.Parse(sender).Hash);
        return datagram;
    }

    private static CancellationToken Soon() => new CancellationTokenSource(MeshFixture.Patience).Token;

    private Node Open(MemberId self, string host, bool keep = true)
    {
        var node = new Node(self, host, _services.GetRequiredService<IMeterFactory>(), keep);
        _opened.Add(node);
        return node;
    }

    private sealed class Node : IDatagramEvents, IDisposable
    {
        private readonly MeshMetrics _metrics;
        private readonly bool _keep;
        private readonly Channel<(MemberAddress Source, byte[] Datagram)> _datagrams = Channel.CreateUnbounded<(MemberAddress, byte[])>();
        private TaskCompletionSource<long> _received = new();
        private long _before;
        private int _expected;

        public Node(MemberId self, string host, IMeterFactory meters, bool keep)
        {
            _keep = keep;
            _metrics = new MeshMetrics(meters);
            var ring = new PacketKeyRing([new PacketKey(1, new byte[PacketKey.Bytes])], 1);
            var limits = new PacketLimits(1200, 100_000, 10_000, 100_000, 10_000, 10);
            Carrier = new UdpCarrier(new IPEndPoint(IPAddress.Parse(host), 0), "test", self, new Generation(9), ring, limits, new UdpMetrics(_metrics.Table), this, Log);
            Carrier.Start();
        }

        public UdpCarrier Carrier { get; }

        public RecordingLogger Log { get; } = new();

        public Channel<MemberAddress> Unreachable { get; } = Channel.CreateUnbounded<MemberAddress>();

        /// <summary>What the receiving thread allocated between the first and the last of the datagrams that were expected.</summary>
        public Task<long> Received => _received.Task;

        public void Expect(int count)
        {
            _received = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _before = -1;
            Volatile.Write(ref _expected, count);
        }

        public async Task<(MemberAddress Source, byte[] Datagram)> TakeAsync() => await _datagrams.Reader.ReadAsync(Soon());

        public long Metric(string name) => long.Parse(_metrics.Table.ToPrometheusText().Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

        public void Dispose()
        {
            Carrier.Dispose();
            _metrics.Dispose();
        }

        void IDatagramEvents.DatagramReceived(MemberAddress address, ReadOnlySpan<byte> datagram)
        {
            if (_keep)
            {
                _datagrams.Writer.TryWrite((address, datagram.ToArray()));
                return;
            }

            var now = GC.GetAllocatedBytesForCurrentThread();
            _before = _before < 0 ? now : _before;
            if (Interlocked.Decrement(ref _expected) == 0)
            {
                _received.TrySetResult(now - _before);
            }
        }

        void IDatagramEvents.AddressUnreachable(MemberAddress address) => Unreachable.Writer.TryWrite(address);
    }
}
