using Chirps.Engine.Time;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;
using Chirps.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>No bytes make a parser throw, or allocate more than in proportion to them; what is read is written again as it was.</summary>
public sealed class ProtocolFuzzTests(ITestOutputHelper output)
{
    private const int Cases = 4000;

    private static readonly IIggyDialect[] _dialects = [ClassicDialect.Instance, VsrDialect.Instance];
    private static readonly byte[][] _seeds = [.. Seeds()];

    [Fact]
    public void No_bytes_break_a_request() => Fuzz.Cases(output, Cases, random =>
    {
        var bytes = Input(random);
        foreach (var dialect in _dialects)
        {
            Check<StreamTarget>(bytes, dialect);
            Check<TopicTarget>(bytes, dialect);
            Check<GroupTarget>(bytes, dialect);
            Check<PartitionsRequest>(bytes, dialect);
            Check<SegmentsRequest>(bytes, dialect);
            Check<FlushRequest>(bytes, dialect);
            Check<GetOffsetRequest>(bytes, dialect);
            Check<PollRequest>(bytes, dialect);
            Check<CreateGroupRequest>(bytes, dialect);
            Check<NameRequest>(bytes, dialect);
            Check<CreateTokenRequest>(bytes, dialect);
            Check<CreateStreamRequest>(bytes, dialect);
            Check<UpdateStreamRequest>(bytes, dialect);
            Check<CreateUserRequest>(bytes, dialect);
            Check<UpdateUserRequest>(bytes, dialect);
            Check<ChangePasswordRequest>(bytes, dialect);
            Check<ClientTarget>(bytes, dialect);
            Check<UserTarget>(bytes, dialect);
            StoreOffsetRequest.TryRead(bytes, dialect.Bodies, out _);
            DeleteOffsetRequest.TryRead(bytes, dialect.Bodies, out _);
            CreateTopicRequest.TryRead(bytes, dialect.Bodies, out _);
            UpdateTopicRequest.TryRead(bytes, dialect.Bodies, out _);
            dialect.Bodies.TryReadLogin(IggyCommand.LoginUser, bytes, out _);
            dialect.Bodies.TryReadLogin(IggyCommand.LoginWithToken, bytes, out _);
        }
    });

    [Fact]
    public void No_bytes_break_an_answer() => Fuzz.Cases(output, Cases, random =>
    {
        var bytes = Input(random);
        foreach (var dialect in _dialects)
        {
            Read<StreamDetails?>(bytes, dialect, Answers.StreamOrNone);
            Read<IReadOnlyList<StreamInfo>>(bytes, dialect, Answers.Streams);
            Read<TopicDetails?>(bytes, dialect, Answers.TopicOrNone);
            Read<IReadOnlyList<TopicInfo>>(bytes, dialect, Answers.Topics);
            Read<OffsetInfo?>(bytes, dialect, Answers.OffsetOrNone);
            Read<GroupDetails?>(bytes, dialect, Answers.GroupOrNone);
            Read<IReadOnlyList<GroupInfo>>(bytes, dialect, Answers.Groups);
            Read<GroupAssignment?>(bytes, dialect, Answers.AssignmentOrNone);
            Read<ClientDetails?>(bytes, dialect, Answers.ClientOrNone);
            Read<IReadOnlyList<ClientInfo>>(bytes, dialect, Answers.Clients);
            Read<ServerStats>(bytes, dialect, Answers.Stats);
            Read<ClusterInfo>(bytes, dialect, Answers.Cluster);
            Read<string>(bytes, dialect, Answers.Token);
            Read<IReadOnlyList<TokenInfo>>(bytes, dialect, Answers.Tokens);
            Read<UserDetails>(bytes, dialect, UserDetails.TryRead!);
            SendPlace.TryRead(bytes, out _);
            dialect.Bodies.TryReadLoginReply(bytes, out _);
        }
    });

    [Fact]
    public void No_bytes_break_a_frame() => Fuzz.Cases(output, Cases, random =>
    {
        var bytes = Input(random);
        foreach (var dialect in _dialects)
        {
            var request = dialect.Frames.TryReadRequest(bytes, 1 << 20, out var asked);
            Assert.True(request != FrameState.Ready || asked.BodyLength is >= 0 and <= 1 << 20);
            Assert.True(request != FrameState.Ready || asked.HeaderLength <= bytes.Length);
            var response = dialect.Frames.TryReadResponse(bytes, 1 << 20, out var answered);
            Assert.True(response != FrameState.Ready || answered.BodyLength is >= 0 and <= 1 << 20);
            Assert.True(!dialect.Frames.TryReadResult((byte)random.Next(256), bytes, out var payloadAt, out _) || payloadAt <= bytes.Length);
        }
    });

    [Fact]
    public void No_bytes_break_messages() => Fuzz.Cases(output, Cases, random =>
    {
        var bytes = Input(random);
        foreach (var dialect in _dialects)
        {
            if (dialect.Messages.TryReadSend(bytes, out var send) == IggyStatus.Ok)
            {
                Assert.Equal(send.Count, Count(send.Messages));
            }

            if (dialect.Messages.TryReadPoll(bytes, verify: random.Next(2) == 0, out var poll) == IggyStatus.Ok)
            {
                Assert.Equal(poll.Count, Count(poll.Messages));
            }
        }

        UserHeaders.TryFind(bytes, "k"u8, out _);
        Assert.True(!UserHeaders.AreValid(bytes) || bytes.Length is 0 or >= 12);
    });

    [Fact]
    public void Lengths_that_lie_cost_no_memory()
    {
        byte[] lie = [.. Enumerable.Repeat((byte)0xff, 64)];
        AnswerAll(lie);
        var before = GC.GetAllocatedBytesForCurrentThread();

        AnswerAll(lie);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    private static void AnswerAll(byte[] bytes)
    {
        foreach (var dialect in _dialects)
        {
            Read<GroupDetails?>(bytes, dialect, Answers.GroupOrNone);
            Read<GroupAssignment?>(bytes, dialect, Answers.AssignmentOrNone);
            Read<ClusterInfo>([0, 0, 0, 0, .. bytes], dialect, Answers.Cluster);
            Read<ServerStats>([.. new byte[132], .. bytes], dialect, Answers.Stats);
            Read<ClientDetails?>(bytes, dialect, Answers.ClientOrNone);
            dialect.Messages.TryReadSend(bytes, out _);
            dialect.Messages.TryReadPoll(bytes, verify: true, out _);
        }
    }

    private static byte[] Input(SeededRandom random)
        => random.Next(8) == 0 ? Mutations.Bytes(random, 400) : Mutations.Of(random, _seeds[random.Next(_seeds.Length)]);

    private static void Check<T>(byte[] bytes, IIggyDialect dialect)
        where T : IRequest<T>
    {
        if (!T.TryRead(bytes, dialect.Bodies, out var request))
        {
            return;
        }

        using var buffer = new WireBuffer();
        request.Write(buffer, dialect.Bodies);
        Assert.True(buffer.Length <= bytes.Length, typeof(T).Name);
        Assert.True(T.TryRead(buffer.Span, dialect.Bodies, out _), typeof(T).Name);
    }

    private static void Read<T>(byte[] bytes, IIggyDialect dialect, AnswerReader<T> read)
    {
        var reader = new WireReader(bytes);
        read(ref reader, dialect.Bodies, out _);
    }

    private static uint Count(MessageReader messages)
    {
        var count = 0u;
        while (messages.MoveNext())
        {
            count++;
        }

        return count;
    }

    /// <summary>Good input of every kind: frames and what is inside them.</summary>
    private static IEnumerable<byte[]> Seeds()
    {
        byte[][] classic = [Vectors.Login, Vectors.CreateStreamReply, Vectors.CreateTopic, Vectors.Send, Vectors.Poll, Vectors.PollReply, Vectors.StoreOffset, Vectors.GetOffsetReply, Vectors.JoinGroup];
        byte[][] vsr = [Vectors.VsrPing, Vectors.VsrLogin, Vectors.VsrLoginReply, Vectors.VsrStreamExists, Frames.Send(VsrDialect.Instance, "orders", 0, Partitioning.To(1), [new IggyMessage("hello"u8.ToArray())])];
        var bodies = ClassicDialect.Instance.Bodies;
        var topic = new TopicInfo(1, 2, 1, TopicSettings.Default, 3, 4, "t");
        byte[][] payloads =
        [
            Vectors.UserHeaders,
            Vectors.VsrBatch,
            [.. new byte[16], .. Vectors.VsrBatch],
            Payload(buffer => new ServerStats { HostName = "h" }.Write(buffer)),
            Payload(buffer => new ClusterInfo("c", [new ClusterNode("n", "a", 1, 2, 3, 4, 0, 0)]).Write(buffer)),
            Payload(buffer => new GroupInfo(1, 2, 1, "g").Write(buffer), buffer => new GroupMember(1, [1, 2, 3]).Write(buffer)),
            Payload(buffer => new ClientInfo(1, 0, ClientTransport.Tcp, "127.0.0.1:1", 1).Write(buffer), new GroupMembership(1, 2, 3).Write),
            Payload(buffer => bodies.WriteTopicRecord(buffer, topic), buffer => new PartitionInfo(1, 2, 3, 4, 5, 6).Write(buffer)),
            Payload(buffer => VsrDialect.Instance.Bodies.WriteTopicRecord(buffer, topic)),
            Payload(buffer => new CreateUserRequest("user", "password", 1, new byte[] { 1 }).Write(buffer, bodies)),
            Payload(buffer => new CreateTopicRequest("s", 1, new TopicShape("t", new TopicSettings { ExpiryMicroseconds = 1 })).Write(buffer, VsrDialect.Instance.Bodies)),
        ];
        return [.. classic, .. vsr, .. classic.Select(frame => frame[8..]), .. vsr.Select(frame => frame[256..]), .. payloads];
    }

    private static byte[] Payload(params Action<WireBuffer>[] writes)
    {
        using var buffer = new WireBuffer();
        Array.ForEach(writes, write => write(buffer));
        return buffer.Span.ToArray();
    }
}
