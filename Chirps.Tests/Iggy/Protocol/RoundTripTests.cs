using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>What one side writes the other reads, in both dialects; nothing shorter and nothing longer.</summary>
public sealed class RoundTripTests
{
    private static readonly TopicSettings _settings = new()
    {
        Compression = CompressionKind.Gzip,
        ExpiryMicroseconds = 5,
        SizeBytesMax = IggyLimits.Unlimited,
    };

    public static TheoryData<string> Dialects => new("classic", "vsr");

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Requests(string name)
    {
        var dialect = Dialect(name);
        AssertRequest(dialect, default(EmptyRequest));
        AssertRequest(dialect, new StreamTarget("é"));
        AssertRequest(dialect, new TopicTarget("s", 4));
        AssertRequest(dialect, new GroupTarget(1, 2, "g"));
        AssertRequest(dialect, new PartitionsRequest("s", "t", 1000));
        AssertRequest(dialect, new SegmentsRequest("s", "t", 3, 2));
        AssertRequest(dialect, new FlushRequest("s", "t", 3, Fsync: true));
        AssertRequest(dialect, new GetOffsetRequest(IggyConsumer.Group("g"), "s", "t", null));
        AssertRequest(dialect, new StoreOffsetRequest(IggyConsumer.Of(7), "s", "t", 2, ulong.MaxValue));
        AssertRequest(dialect, new DeleteOffsetRequest(IggyConsumer.Of("c"), "s", "t", 2));
        AssertRequest(dialect, new PollRequest(IggyConsumer.Group(1), "s", "t", null, PollingStrategy.Next, uint.MaxValue, AutoCommit: true));
        AssertRequest(dialect, new CreateStreamRequest(new string('x', 255)));
        AssertRequest(dialect, new UpdateStreamRequest(0, "n"));
        AssertRequest(dialect, new CreateGroupRequest("s", "t", "g"));
        AssertRequest(dialect, new NameRequest("token"));
        AssertRequest(dialect, new CreateTokenRequest("token", 9));
        AssertRequest(dialect, new ClientTarget(3));
        AssertRequest(dialect, new UserTarget("u"));
        AssertRequest(dialect, new UpdateUserRequest("u", "v", 2));
        AssertRequest(dialect, new UpdateUserRequest("u", null, null));
        AssertRequest(dialect, new CreateUserRequest("user", "password", 1, default), (left, right) => (left.Name, left.Password, left.Status) == (right.Name, right.Password, right.Status));
        AssertRequest(dialect, new CreateUserRequest("user", "password", 1, new byte[] { 1, 2 }), (left, right) => left.Permissions.Span.SequenceEqual(right.Permissions.Span));
        AssertRequest(dialect, new ChangePasswordRequest("u", "old", "new"), (left, right) => (left.User, left.OldPassword, left.NewPassword) == (right.User, right.OldPassword, right.NewPassword));
        AssertRequest(dialect, new CreateTopicRequest("s", 3, new TopicShape("t", _settings)), (left, right) => SameShape(left.Shape, right.Shape) && left.Partitions == right.Partitions);
        AssertRequest(dialect, new UpdateTopicRequest("s", 3, new TopicShape("t", _settings)), (left, right) => SameShape(left.Shape, right.Shape) && left.Topic == right.Topic);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Logins(string name)
    {
        var dialect = Dialect(name);
        using var password = new WireBuffer();
        var command = dialect.Bodies.WriteLogin(password, new LoginRequest { User = "u", Password = "p", SdkName = "n", SdkVersion = "v", Context = "c" });
        Assert.True(dialect.Bodies.TryReadLogin(command, password.Span, out var read));
        Assert.Equal(("u", "p", null), (read.User, read.Password, read.Token));

        using var token = new WireBuffer();
        command = dialect.Bodies.WriteLogin(token, new LoginRequest { Token = "t", SdkName = "n", SdkVersion = "v", Context = "" });
        Assert.True(dialect.Bodies.TryReadLogin(command, token.Span, out read));
        Assert.Equal((null, null, "t"), (read.User, read.Password, read.Token));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Records(string name)
    {
        var bodies = Dialect(name).Bodies;
        AssertRecord(new StreamInfo(1, 2, 3, 4, 5, "s"), bodies.WriteStream, bodies.TryReadStream);
        AssertRecord(new UserInfo(1, 2, 1, "u"), bodies.WriteUser, bodies.TryReadUser);
        AssertRecord(new PartitionInfo(1, 2, 3, 4, 5, 6), (buffer, record) => record.Write(buffer), PartitionInfo.TryRead);
        AssertRecord(new GroupInfo(1, 2, 3, "g"), (buffer, record) => record.Write(buffer), GroupInfo.TryRead);
        AssertRecord(new ClientInfo(1, null, ClientTransport.Tcp, "127.0.0.1:9", 2), (buffer, record) => record.Write(buffer), ClientInfo.TryRead);
        AssertRecord(new TokenInfo("t", 0), (buffer, record) => record.Write(buffer), TokenInfo.TryRead);
        AssertRecord(new ClusterNode("n", "10.0.0.1", 1, 2, 3, 4, 0, 0), (buffer, record) => record.Write(buffer), ClusterNode.TryRead);
        AssertRecord(new ServerStats { ProcessId = 1, CpuPercent = 2.5f, Messages = 7, HostName = "h", ServerVersion = "0.8.0", ServerVersionNumber = 8000, TotalDiskBytes = 9 }, (buffer, record) => record.Write(buffer), ServerStats.TryRead);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Topic_records(string name)
    {
        var bodies = Dialect(name).Bodies;
        using var buffer = new WireBuffer();
        bodies.WriteTopicRecord(buffer, new TopicInfo(1, 2, 3, _settings, 4, 5, "t"));
        var reader = new WireReader(buffer.Span);

        Assert.True(bodies.TryReadTopicRecord(ref reader, out var topic));

        Assert.True(reader.IsEmpty);
        Assert.Equal((1u, 2ul, 3u, 4ul, 5ul, "t"), (topic.Id, topic.CreatedMicroseconds, topic.Partitions, topic.SizeBytes, topic.Messages, topic.Name));
        Assert.True(SameShape(new TopicShape("t", _settings), new TopicShape("t", topic.Settings)));
    }

    [Fact]
    public void Options_of_a_topic_that_are_no_settings_of_both_dialects_are_kept()
    {
        var bodies = VsrDialect.Instance.Bodies;
        var options = new UserHeadersBuilder().Add("durability", "persisted").Add("segment_size", 1ul << 20).ToArray();
        using var buffer = new WireBuffer();
        bodies.WriteTopic(buffer, new TopicShape("t", _settings with { Options = options }));
        var reader = new WireReader(buffer.Span);

        Assert.True(bodies.TryReadTopic(ref reader, out var shape));

        Assert.Equal(options, shape.Settings.Options.ToArray());
        Assert.Equal((_settings.ExpiryMicroseconds, _settings.Compression), (shape.Settings.ExpiryMicroseconds, shape.Settings.Compression));
    }

    [Fact]
    public void Names_have_their_limits()
    {
        Assert.Throws<ArgumentException>(() => new IggyIdentifier(""));
        Assert.Throws<ArgumentException>(() => new IggyIdentifier(new string('x', 256)));
        Assert.Throws<ArgumentException>(() => new IggyIdentifier(new string('é', 128)));
        Assert.Throws<ArgumentException>(() => Partitioning.ByKey(""));
        Assert.Throws<ArgumentException>(() => Partitioning.ByKey(new string('x', 256)));
        Assert.Throws<ArgumentException>(() => new UserHeadersBuilder().Add("k", HeaderKind.Unsigned64, [1]));
        Assert.NotEqual(new IggyIdentifier("1"), new IggyIdentifier(1));
    }

    [Fact]
    public void Frames_say_when_they_are_not_complete_and_when_they_are_too_large()
    {
        Assert.Equal(FrameState.Incomplete, ClassicDialect.Instance.Frames.TryReadRequest(Vectors.Login.AsSpan(0, 7), 100, out _));
        Assert.Equal(FrameState.Malformed, ClassicDialect.Instance.Frames.TryReadRequest(Vectors.Login, 26, out _));
        Assert.Equal(FrameState.Ready, ClassicDialect.Instance.Frames.TryReadRequest(Vectors.Login, 27, out _));
        Assert.Equal(FrameState.Malformed, VsrDialect.Instance.Frames.TryReadRequest(Vectors.VsrLogin, 28, out _));
        Assert.Equal(FrameState.Incomplete, VsrDialect.Instance.Frames.TryReadRequest(Vectors.VsrLogin.AsSpan(0, 255), 29, out _));
    }

    [Fact]
    public void A_classic_length_too_short_for_a_command_makes_a_frame_without_one()
    {
        Assert.Equal(FrameState.Ready, ClassicDialect.Instance.Frames.TryReadRequest([2, 0, 0, 0], 100, out var head));
        Assert.Equal((IggyCommand.None, 4, 2), (head.Command, head.HeaderLength, head.BodyLength));
    }

    [Fact]
    public void A_server_tells_the_dialects_apart_by_eight_bytes()
    {
        Assert.Same(VsrDialect.Instance, DialectDetection.OfClient(Vectors.VsrPing));
        Assert.Same(ClassicDialect.Instance, DialectDetection.OfClient(Vectors.Ping));
    }

    private static IIggyDialect Dialect(string name) => name == "vsr" ? VsrDialect.Instance : ClassicDialect.Instance;

    private static bool SameShape(TopicShape left, TopicShape right)
        => left.Name == right.Name
            && (left.Settings.Compression, left.Settings.ExpiryMicroseconds, left.Settings.SizeBytesMax) == (right.Settings.Compression, right.Settings.ExpiryMicroseconds, right.Settings.SizeBytesMax);

    private static void AssertRequest<T>(IIggyDialect dialect, T request, Func<T, T, bool>? same = null)
        where T : IRequest<T>
    {
        using var buffer = new WireBuffer();
        request.Write(buffer, dialect.Bodies);
        var bytes = buffer.Span.ToArray();

        Assert.True(T.TryRead(bytes, dialect.Bodies, out var read), typeof(T).Name);
        Assert.True(same?.Invoke(request, read) ?? request.Equals(read), typeof(T).Name);
        Assert.False(T.TryRead([.. bytes, 0], dialect.Bodies, out _), typeof(T).Name);
        Assert.All(Enumerable.Range(0, bytes.Length), length => AssertNotLonger(request, T.TryRead(bytes.AsSpan(0, length), dialect.Bodies, out var cut), cut, bytes, dialect));
    }

    /// <summary>What is cut short is refused, or is another well-formed request: options may be left out at the end.</summary>
    private static void AssertNotLonger<T>(T request, bool read, T cut, byte[] bytes, IIggyDialect dialect)
        where T : IRequest<T>
    {
        using var buffer = new WireBuffer();
        (read ? cut : request).Write(buffer, dialect.Bodies);
        Assert.True(!read || buffer.Length < bytes.Length, typeof(T).Name);
    }

    private static void AssertRecord<T>(T record, Action<WireBuffer, T> write, TryRead<T> tryRead)
        where T : class
    {
        using var buffer = new WireBuffer();
        write(buffer, record);
        var reader = new WireReader(buffer.Span);
        Assert.True(tryRead(ref reader, out var read), typeof(T).Name);
        Assert.Equal(record, read);
        Assert.True(reader.IsEmpty);
        var cut = new WireReader(buffer.Span[..^1]);
        Assert.False(tryRead(ref cut, out _), typeof(T).Name);
    }

    private delegate bool TryRead<T>(ref WireReader reader, out T? record);
}
