using System.Security.Cryptography;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Node;

namespace Chirps.Tests.Raft;

public sealed class RaftSnapshotTests : IAsyncLifetime
{
    private const int Chunk = 4096;
    private const int Length = (10 * Chunk) + 17;

    private static readonly MemberId _b = MemberId.Parse("b");
    private static readonly RaftOptions _options = new() { SnapshotChunkBytes = Chunk, SnapshotChunkDeadline = TimeSpan.FromMilliseconds(300), SendDeadline = TimeSpan.FromMilliseconds(50) };

    private readonly MeshFixture _mesh = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Length);
    private readonly RaftSnapshotOffer _offer = new(Guid.NewGuid(), Length, "index 7"u8.ToArray());
    private readonly List<RaftTransport> _transports = [];

    public async Task InitializeAsync()
        => _transports.AddRange((await _mesh.StartAsync("a", "b")).Select(node => new RaftTransport(node, _options)));

    public async Task DisposeAsync()
    {
        foreach (var transport in _transports)
        {
            await transport.DisposeAsync();
        }

        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_snapshot_arrives_as_it_was_sent()
    {
        var sink = new Sink();

        var result = await SendAsync(sink);

        Assert.Equal(RaftTransfer.Complete, result);
        Assert.Equal(_content, sink.Bytes.ToArray());
        Assert.Equal((_offer.Id, "index 7"), (sink.Offer!.Id, System.Text.Encoding.ASCII.GetString(sink.Offer.Metadata.Span)));
    }

    [Fact]
    public async Task A_transfer_goes_on_where_the_receiver_is()
    {
        var sink = new Sink();
        sink.Bytes.AddRange(_content[..(5 * Chunk)]);

        await SendAsync(sink);

        Assert.Equal(_content, sink.Bytes.ToArray());
        Assert.Equal(Length - (5 * Chunk), sink.Written);
    }

    [Fact]
    public async Task A_chunk_that_the_receiver_fails_to_keep_refuses_the_snapshot()
    {
        var result = await SendAsync(new Sink { FailAt = 3 * Chunk });

        Assert.Equal(RaftTransfer.Refused, result);
    }

    [Fact]
    public async Task A_group_without_a_sink_and_one_that_does_not_want_it_refuse()
    {
        Assert.Equal(RaftTransfer.Refused, await SendAsync(new Sink { Refuses = true }, group: 1));
        Assert.Equal(RaftTransfer.Refused, await SendAsync(null, group: 2));
    }

    [Fact]
    public async Task A_snapshot_that_turns_out_bad_is_refused()
        => Assert.Equal(RaftTransfer.Refused, await SendAsync(new Sink { IsBad = true }));

    [Fact]
    public async Task An_empty_snapshot_is_complete_at_once()
    {
        using var empty = new MemoryStream();
        _transports[1].Open(1, new RaftGroupOptions { Snapshots = new Sink() });

        Assert.Equal(RaftTransfer.Complete, await _transports[0].Open(1).SendSnapshotAsync(_b, new RaftSnapshotOffer(Guid.NewGuid(), 0, default), empty));
    }

    [Fact]
    public async Task A_transfer_to_nobody_is_interrupted()
    {
        using var content = new MemoryStream(_content);

        Assert.Equal(RaftTransfer.Interrupted, await _transports[0].Open(1).SendSnapshotAsync(MemberId.Parse("nobody"), _offer, content));
    }

    [Fact]
    public async Task A_chunk_is_never_longer_than_a_message_may_be()
    {
        await using var transport = new RaftTransport(await _mesh.StartAsync(_mesh.Options("c")), _options, new LimitOptions { ControlBytes = 1000 });

        Assert.InRange(transport.ChunkBytes, 900, 999);
    }

    [Fact]
    public void A_damaged_chunk_is_not_taken_for_a_good_one()
    {
        var request = new byte[RaftSnapshotCodec.HeaderBytes + 100];
        RaftSnapshotCodec.WriteHeader(request, RaftSnapshotCodec.Chunk, _offer.Id, 0);

        Assert.True(RaftSnapshotCodec.TryRead(request, out _));
        for (var position = RaftSnapshotCodec.HeaderBytes; position < request.Length; position++)
        {
            request[position] ^= 1;
            Assert.False(RaftSnapshotCodec.TryRead(request, out _));
            request[position] ^= 1;
        }
    }

    [Fact]
    public void Bytes_are_paid_for_one_part_after_the_other()
    {
        var rate = new ByteRate(1000);

        var waits = Enumerable.Range(0, 5).Select(_ => rate.Take(500)).ToList();

        Assert.Equal(TimeSpan.Zero, waits[0]);
        Assert.InRange(waits[4], TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(2));
    }

    private async Task<RaftTransfer> SendAsync(Sink? sink, ulong group = 1)
    {
        using var content = new MemoryStream(_content);
        _transports[1].Open(group, new RaftGroupOptions { Snapshots = sink });
        return await _transports[0].Open(group).SendSnapshotAsync(_b, _offer, content).WaitAsync(MeshFixture.Patience);
    }

    private sealed class Sink : IRaftSnapshotSink
    {
        public List<byte> Bytes { get; } = [];

        public RaftSnapshotOffer? Offer { get; private set; }

        public int Written { get; private set; }

        public int FailAt { get; init; } = int.MaxValue;

        public bool Refuses { get; init; }

        public bool IsBad { get; init; }

        public ValueTask<long> BeginAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken)
        {
            Offer = offer;
            return ValueTask.FromResult(Refuses ? -1L : Bytes.Count);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Written += bytes.Length;
            Bytes.AddRange(bytes.Span);
            return Bytes.Count > FailAt ? throw new IOException("the disk is full") : ValueTask.CompletedTask;
        }

        public ValueTask<bool> CompleteAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken) => ValueTask.FromResult(!IsBad);
    }
}
