using System.Runtime.InteropServices;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Node;
using static Chirps.Tests.Raft.RaftReceived;

namespace Chirps.Tests.Raft;

/// <summary>What readers, sinks and peers do wrong costs only themselves.</summary>
public sealed class RaftTransportFaultTests : IAsyncLifetime
{
    private static readonly MemberId _b = MemberId.Parse("b");

    private readonly MeshFixture _mesh = new();
    private RaftTransport _from = null!;
    private RaftTransport _to = null!;
    private MeshNode[] _nodes = [];

    public async Task InitializeAsync()
    {
        _nodes = await _mesh.StartAsync("a", "b");
        (_from, _to) = (new RaftTransport(_nodes[0]), new RaftTransport(_nodes[1]));
    }

    public async Task DisposeAsync()
    {
        await _from.DisposeAsync();
        await _to.DisposeAsync();
        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_short_message_that_is_kept_does_not_keep_the_long_write_it_came_in()
    {
        var (quiet, busy) = (_from.Open(1), _from.Open(2));
        var (kept, _) = (_to.Open(1), _to.Open(2));
        for (var number = 0; number < 50; number++)
        {
            busy.Send(_b, new byte[100_000]);
            quiet.Send(_b, new byte[20]);
        }

        var messages = await TakeAsync(kept, 50);

        Assert.All(messages, message => Assert.True(MemoryMarshal.TryGetArray(message.Message, out var array) && array.Array!.Length == 20));
    }

    [Fact]
    public async Task A_reader_that_throws_when_messages_arrive_loses_none_and_deafens_no_other_group()
    {
        var broken = _to.Open(1, new RaftGroupOptions { Arrived = _ => throw new InvalidOperationException("a mistake") });
        var good = _to.Open(2);

        _from.Open(1).Send(_b, "one"u8);
        _from.Open(2).Send(_b, "two"u8);

        Assert.Single(await TakeAsync(good, 1));
        Assert.Single(await TakeAsync(broken, 1));
    }

    [Fact]
    public async Task A_sink_that_throws_anything_ends_its_transfer_and_takes_the_next()
    {
        var sink = new MoodySink { Mood = new InvalidDataException("a mistake") };
        var group = _from.Open(1);
        _to.Open(1, new RaftGroupOptions { Snapshots = sink });

        Assert.Equal(RaftTransfer.Refused, await SendAsync(group));
        sink.Mood = null;
        Assert.Equal(RaftTransfer.Complete, await SendAsync(group));
    }

    [Fact]
    public async Task Chunks_of_a_peer_that_offered_nothing_are_not_taken()
    {
        var sink = new MoodySink();
        var mine = (RaftGroup)_to.Open(1, new RaftGroupOptions { Snapshots = sink });
        var theirs = (RaftGroup)_from.Open(1);
        var id = Guid.NewGuid();

        var offered = await AskAsync(theirs, RaftSnapshotCodec.Offer, id, 8, []);
        var foreign = await AskAsync(mine, RaftSnapshotCodec.Chunk, id, 0, "forged!!"u8.ToArray());
        var own = await AskAsync(theirs, RaftSnapshotCodec.Chunk, id, 0, "genuine!"u8.ToArray());

        Assert.Equal((RaftSnapshotStatus.Continue, RaftSnapshotStatus.NotOffered, RaftSnapshotStatus.Complete), (offered, foreign, own));
        Assert.Equal("genuine!"u8.ToArray(), sink.Bytes.ToArray());
    }

    [Fact]
    public async Task Parts_of_snapshots_that_wait_for_a_slow_sink_are_bounded_in_bytes()
    {
        var hold = new TaskCompletionSource();
        var group = (RaftGroup)_to.Open(1, new RaftGroupOptions { Snapshots = new MoodySink { Until = hold.Task } });
        var part = new RaftDelivery(_b, Offer(1 << 20), RaftMessageClass.Bulk, 0);
        Assert.True(group.TryPostSnapshot(part with { Message = Offer(100) }));

        var taken = Enumerable.Range(0, 16).Count(_ => group.TryPostSnapshot(part));

        hold.SetResult();
        Assert.InRange(taken, 1, 15);
        await MeshFixture.Eventually("there is room again", () => group.TryPostSnapshot(part));
    }

    [Fact]
    public void A_group_may_be_closed_twice()
    {
        var group = _from.Open(1, new RaftGroupOptions { Snapshots = new MoodySink() });

        group.Dispose();
        group.Dispose();

        _from.Open(1).Dispose();
    }

    [Fact]
    public async Task An_answer_to_a_request_of_before_a_restart_answers_no_request_of_after_it()
    {
        var answering = _to.Open(1);
        await _from.Open(1).RequestAsync(_b, "old question"u8.ToArray(), TimeSpan.FromMilliseconds(1));
        var old = Assert.Single(await TakeAsync(answering, 1));
        await _from.DisposeAsync();
        _from = new RaftTransport(_nodes[0]);

        var answer = _from.Open(1).RequestAsync(_b, "new question"u8.ToArray(), MeshFixture.Patience).AsTask();
        var request = Assert.Single(await TakeAsync(answering, 1));
        answering.Answer(old, "old answer"u8);
        answering.Answer(request, "new answer"u8);

        Assert.Equal("new answer"u8.ToArray(), (await answer).Message.ToArray());
    }

    [Fact]
    public async Task A_request_to_a_peer_that_the_mesh_does_not_know_does_not_wait_for_its_deadline()
    {
        var answer = await _from.Open(1).RequestAsync(MemberId.Parse("nobody"), new byte[1], TimeSpan.FromDays(1)).AsTask().WaitAsync(MeshFixture.Patience);

        Assert.Equal(RaftOutcome.NotSent, answer.Outcome);
    }

    [Fact]
    public async Task A_transport_that_is_closed_lets_requests_go()
    {
        var silent = _to.Open(1);
        var group = _from.Open(1);
        var answer = group.RequestAsync(_b, new byte[1], TimeSpan.FromDays(1)).AsTask();
        await TakeAsync(silent, 1);

        await _from.DisposeAsync();

        Assert.Equal(RaftOutcome.Closed, (await answer.WaitAsync(MeshFixture.Patience)).Outcome);
        Assert.Equal(RaftOutcome.NotSent, (await group.RequestAsync(_b, new byte[1], MeshFixture.Patience)).Outcome);
    }

    [Fact]
    public async Task What_cannot_be_is_an_argument_exception_and_sends_nothing()
    {
        var (group, other) = (_from.Open(1), _to.Open(1));
        using var content = new MemoryStream(new byte[3]);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => group.RequestAsync(_b, new byte[1], TimeSpan.FromSeconds(-1)).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => group.RequestAsync(_b, new byte[1], TimeSpan.MaxValue).AsTask());
        Assert.Throws<ArgumentException>(() => group.Send(default, new byte[1]));
        await Assert.ThrowsAsync<ArgumentException>(() => group.SendSnapshotAsync(_b, new RaftSnapshotOffer(Guid.NewGuid(), 4, default), content));

        group.Send(_b, "a"u8);
        var only = Assert.Single(await TakeAsync(other, 1));
        Assert.Equal("a"u8.ToArray(), only.Message.ToArray());
        Assert.Throws<ArgumentException>(() => other.Answer(only, new byte[1]));
    }

    private static async Task<RaftTransfer> SendAsync(IRaftGroup group)
    {
        using var content = new MemoryStream(new byte[100]);
        return await group.SendSnapshotAsync(_b, new RaftSnapshotOffer(Guid.NewGuid(), 100, default), content).WaitAsync(MeshFixture.Patience);
    }

    private static byte[] Offer(int bytes)
    {
        var request = new byte[bytes];
        RaftSnapshotCodec.WriteHeader(request, RaftSnapshotCodec.Offer, Guid.NewGuid(), 1);
        return request;
    }

    private static async Task<RaftSnapshotStatus> AskAsync(RaftGroup group, byte kind, Guid id, long offset, byte[] content)
    {
        byte[] request = [.. new byte[RaftSnapshotCodec.HeaderBytes], .. content];
        RaftSnapshotCodec.WriteHeader(request, kind, id, offset);
        var answer = await group.AskAsync(_b, RaftFrameKind.Snapshot, request, MeshFixture.Patience, RaftMessageClass.Bulk, default);
        Assert.True(RaftSnapshotCodec.TryReadAnswer(answer.Message.Span, out var status, out _));
        return status;
    }

    private sealed class MoodySink : IRaftSnapshotSink
    {
        public List<byte> Bytes { get; } = [];

        public Exception? Mood { get; set; }

        public Task Until { get; init; } = Task.CompletedTask;

        public async ValueTask<long> BeginAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken)
        {
            await Until;
            Bytes.Clear();
            return 0;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes.AddRange(bytes.Span);
            return Mood is null ? ValueTask.CompletedTask : throw Mood;
        }

        public ValueTask<bool> CompleteAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken) => ValueTask.FromResult(true);
    }
}
