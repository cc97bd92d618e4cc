using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>What we write is byte for byte what Iggy has on the wire, and we read it back.</summary>
public sealed class VectorTests
{
    private const ulong Created = 1_700_000_000_000_000;

    private static readonly ClassicDialect _classic = ClassicDialect.Instance;
    private static readonly VsrDialect _vsr = VsrDialect.Instance;
    private static readonly UInt128 _messageId = new(0x0001020304050607, 0x08090a0b0c0d0e0f);
    private static readonly IggyMessage _message = new("hello"u8.ToArray())
    {
        Id = _messageId,
        OriginMicroseconds = Created,
        UserHeaders = new UserHeadersBuilder().Add("k", 7).ToArray(),
    };

    [Fact]
    public void Ping() => AssertRequest(Vectors.Ping, IggyCommand.Ping, default(EmptyRequest));

    [Fact]
    public void Create_stream() => AssertRequest(Vectors.CreateStream, IggyCommand.CreateStream, new CreateStreamRequest("orders"));

    [Fact]
    public void Create_topic() => AssertRequest(
        Vectors.CreateTopic,
        IggyCommand.CreateTopic,
        new CreateTopicRequest("orders", 3, new TopicShape("t", new TopicSettings { SizeBytesMax = IggyLimits.Unlimited })));

    [Fact]
    public void Poll() => AssertRequest(
        Vectors.Poll,
        IggyCommand.PollMessages,
        new PollRequest(IggyConsumer.Of("c1"), "orders", 0, 1, PollingStrategy.FromOffset(0), 10, AutoCommit: false));

    [Fact]
    public void Store_offset() => AssertRequest(Vectors.StoreOffset, IggyCommand.StoreConsumerOffset, new StoreOffsetRequest(IggyConsumer.Of(7), 0, 0, 1, 41));

    [Fact]
    public void Join_group() => AssertRequest(Vectors.JoinGroup, IggyCommand.JoinGroup, new GroupTarget(0, 0, "g"));

    [Fact]
    public void Login()
    {
        var login = new LoginRequest { User = "iggy", Password = "iggy", SdkVersion = "1.0", Context = "chirps" };

        var bytes = Frames.LoginRequest(_classic, login, new WireSession(1));

        Assert.Equal(Vectors.Login, bytes);
        Assert.True(_classic.Bodies.TryReadLogin(IggyCommand.LoginUser, bytes.AsSpan(8), out var read));
        Assert.Equal(("iggy", "iggy", "1.0", "chirps"), (read.User, read.Password, read.SdkVersion, read.Context));
    }

    [Fact]
    public void Empty_answer() => Assert.Equal(Vectors.EmptyOk, Frames.Response(_classic, new RequestHead(IggyCommand.Ping, 8, 0), IggyStatus.Ok));

    [Fact]
    public void Error_answer()
    {
        Assert.Equal(Vectors.TopicNotFound, Frames.Response(_classic, new RequestHead(IggyCommand.GetTopic, 8, 0), IggyStatus.TopicNotFound));
        Assert.Equal(FrameState.Ready, _classic.Frames.TryReadResponse(Vectors.TopicNotFound, 0, out var head));
        Assert.Equal(IggyStatus.TopicNotFound, head.Status);
    }

    [Fact]
    public void Login_answer()
    {
        var reply = new LoginReply(0, 0, 0, "");
        Assert.Equal(Vectors.LoginReply, Frames.Response(_classic, new RequestHead(IggyCommand.LoginUser, 8, 0), IggyStatus.Ok, buffer => _classic.Bodies.WriteLoginReply(buffer, reply)));
        Assert.True(_classic.Bodies.TryReadLoginReply(Vectors.LoginReply.AsSpan(8), out var read));
        Assert.Equal(reply, read);
    }

    [Fact]
    public void Create_stream_answer()
    {
        var stream = new StreamInfo(0, Created, 0, 0, 0, "orders");
        Assert.Equal(Vectors.CreateStreamReply, Frames.Response(_classic, new RequestHead(IggyCommand.CreateStream, 8, 0), IggyStatus.Ok, buffer => _classic.Bodies.WriteStream(buffer, stream)));
        var reader = new WireReader(Vectors.CreateStreamReply.AsSpan(8));
        Assert.True(_classic.Bodies.TryReadStream(ref reader, out var read));
        Assert.Equal(stream, read);
    }

    [Fact]
    public void Get_offset_answer()
    {
        var offset = new OffsetInfo(1, 99, 41);
        Assert.Equal(Vectors.GetOffsetReply, Frames.Response(_classic, new RequestHead(IggyCommand.GetConsumerOffset, 8, 0), IggyStatus.Ok, offset.Write));
        var reader = new WireReader(Vectors.GetOffsetReply.AsSpan(8));
        Assert.True(OffsetInfo.TryRead(ref reader, out var read));
        Assert.Equal(offset, read);
    }

    [Fact]
    public void User_headers()
    {
        Assert.Equal(Vectors.UserHeaders, new UserHeadersBuilder().Add("k", 7).ToArray());
        Assert.True(UserHeaders.TryFind(Vectors.UserHeaders, "k"u8, out var header));
        Assert.Equal(7, header.Signed32);
    }

    [Fact]
    public void Send()
    {
        Assert.Equal(Vectors.Send, Frames.Send(_classic, "orders", 0, Partitioning.To(1), [_message]));
        Assert.Equal(IggyStatus.Ok, _classic.Messages.TryReadSend(Vectors.Send.AsSpan(8), out var request));
        Assert.Equal(("orders", 0u, 1u, 1u), (request.Stream.Name, request.Topic.Number, request.Partitioning.Partition, request.Count));
        AssertMessage(request.Messages, offset: 0, broker: 0);
    }

    [Fact]
    public void Poll_answer()
    {
        using var stored = new WireBuffer();
        ClassicMessage.Write(stored, OutgoingMessages.View(_message, 0));
        var message = stored.Span.ToArray();
        ClassicMessage.Stamp(message, newId: 9, offset: 0, Created + 5);
        var bytes = Frames.Response(_classic, new RequestHead(IggyCommand.PollMessages, 8, 0), IggyStatus.Ok, buffer =>
        {
            var writer = new PollReplyWriter(buffer, MessageLayout.Classic, partition: 1, currentOffset: 0);
            writer.AddClassic(message, 1);
            writer.Finish();
        });

        Assert.Equal(Vectors.PollReply, bytes);
        Assert.Equal(IggyStatus.Ok, _classic.Messages.TryReadPoll(bytes.AsSpan(8), verify: true, out var reply));
        Assert.Equal((1u, 0ul, 1u), (reply.Partition, reply.CurrentOffset, reply.Count));
        AssertMessage(reply.Messages, offset: 0, Created + 5);
    }

    [Fact]
    public void Vsr_ping()
    {
        Assert.Equal(Vectors.VsrPing, Frames.Request(_vsr, IggyCommand.Ping, default(EmptyRequest), new WireSession(1)));
        Assert.Equal(FrameState.Ready, _vsr.Frames.TryReadRequest(Vectors.VsrPing, 0, out var head));
        Assert.Equal((IggyCommand.Ping, 0, (UInt128)1, 1ul), (head.Command, head.BodyLength, head.ClientId, head.RequestNumber));
    }

    [Fact]
    public void Vsr_login()
    {
        var login = new LoginRequest { User = "iggy", Password = "iggy", SdkName = "chirps", SdkVersion = "1.0", ProtocolVersion = VsrDialect.ProtocolVersion };

        Assert.Equal(Vectors.VsrLogin, Frames.LoginRequest(_vsr, login, new WireSession(1)));
        Assert.True(_vsr.Bodies.TryReadLogin(IggyCommand.LoginRegister, Vectors.VsrLogin.AsSpan(256), out var read));
        Assert.Equal(("iggy", "iggy", "chirps", "1.0"), (read.User, read.Password, read.SdkName, read.SdkVersion));
    }

    [Fact]
    public void Vsr_login_answer()
    {
        var request = new RequestHead(IggyCommand.LoginRegister, 256, 0, Operation: 1, ClientId: 1);
        var reply = new LoginReply(0, 42, VsrDialect.ProtocolVersion, "0.9.0");

        Assert.Equal(Vectors.VsrLoginReply, Frames.Response(_vsr, request, IggyStatus.Ok, buffer => _vsr.Bodies.WriteLoginReply(buffer, reply)));
        Assert.Equal(FrameState.Ready, _vsr.Frames.TryReadResponse(Vectors.VsrLoginReply, 100, out var head));
        Assert.True(_vsr.Frames.TryReadResult(head.Operation, Vectors.VsrLoginReply.AsSpan(256), out var payloadAt, out var status));
        Assert.Equal(IggyStatus.Ok, status);
        Assert.True(_vsr.Bodies.TryReadLoginReply(Vectors.VsrLoginReply.AsSpan(256 + payloadAt), out var read));
        Assert.Equal(reply, read);
    }

    [Fact]
    public void Vsr_refusal_of_a_change()
    {
        var request = new RequestHead(IggyCommand.CreateStream, 256, 0, Operation: 128, ClientId: 1, RequestNumber: 2);

        Assert.Equal(Vectors.VsrStreamExists, Frames.Response(_vsr, request, IggyStatus.StreamNameExists, operationNumber: 42));
        Assert.Equal(FrameState.Ready, _vsr.Frames.TryReadResponse(Vectors.VsrStreamExists, 100, out var head));
        Assert.Equal((IggyStatus.Ok, (byte)128, 2ul), (head.Status, head.Operation, head.RequestNumber));
        Assert.True(_vsr.Frames.TryReadResult(head.Operation, Vectors.VsrStreamExists.AsSpan(256), out _, out var status));
        Assert.Equal(IggyStatus.StreamNameExists, status);
    }

    [Fact]
    public void Vsr_batch()
    {
        var send = Frames.Send(_vsr, "orders", 0, Partitioning.To(1), [_message]);

        Assert.Equal(Vectors.VsrBatch, send[^Vectors.VsrBatch.Length..]);
        Assert.Equal(IggyStatus.Ok, _vsr.Messages.TryReadSend(send.AsSpan(256), out var request));
        AssertMessage(request.Messages, offset: 0, broker: 0);
    }

    private static void AssertRequest<T>(byte[] expected, IggyCommand command, T request)
        where T : IRequest<T>
    {
        Assert.Equal(expected, Frames.Request(_classic, command, request, new WireSession(1)));
        Assert.Equal(FrameState.Ready, _classic.Frames.TryReadRequest(expected, IggyLimits.FrameBytesMax, out var head));
        Assert.Equal((command, expected.Length - 8), (head.Command, head.BodyLength));
        Assert.True(T.TryRead(expected.AsSpan(8), _classic.Bodies, out var read));
        Assert.Equal(request, read);
    }

    private static void AssertMessage(MessageReader messages, ulong offset, ulong broker)
    {
        Assert.True(messages.MoveNext());
        Assert.Equal((_messageId, offset, broker, Created), (messages.Current.Id, messages.Current.Offset, messages.Current.BrokerMicroseconds, messages.Current.OriginMicroseconds));
        Assert.Equal("hello"u8, messages.Current.Payload);
        Assert.Equal(Vectors.UserHeaders, messages.Current.UserHeaders);
        Assert.False(messages.MoveNext());
    }
}
