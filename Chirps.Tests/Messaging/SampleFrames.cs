using System.Text;
using Chirps.Engine.Messaging;
using Chirps.Engine.Time;
using Chirps.Tests.Fuzzing;

namespace Chirps.Tests.Messaging;

/// <summary>Valid frames out of chance, one maker for each kind. A new kind of frame is fuzzed once it has its line in <see cref="Makers"/> and in <see cref="Encode"/>.</summary>
internal static class SampleFrames
{
    private static readonly string[] _topics = ["t", "orders", "zürich/早", new('x', FrameCodec.TopicBytesMax)];

    /// <summary>Makes a frame of each kind, its length field included.</summary>
    public static IReadOnlyDictionary<FrameKind, Func<SeededRandom, byte[]>> Makers { get; } = new Dictionary<FrameKind, Func<SeededRandom, byte[]>>
    {
        [FrameKind.Hello] = random => [.. FrameCodec.WriteHello(Header(), Positive(random), random.Next(int.MaxValue), random.Pick([PeerFeatures.None, PeerFeatures.TraceContext]))],
        [FrameKind.Open] = random => [.. FrameCodec.WriteOpen(Header(), Opening(random))],
        [FrameKind.Message] = random => Message(random, (topic, body) => [.. FrameCodec.WriteMessageHeader(Header(), random.NextUInt64(), Id(random), topic, body.Length, trace: Trace(random)), .. body]),
        [FrameKind.Repeatable] = random => Message(random, (topic, body) => [.. FrameCodec.WriteMessageHeader(Header(), random.NextUInt64(), Id(random), topic, body.Length, repeatable: true, Trace(random)), .. body]),
        [FrameKind.Skip] = random => [.. FrameCodec.WriteSkip(Header(), random.NextUInt64())],
        [FrameKind.Lost] = random => [.. FrameCodec.WriteLost(Header(), random.NextUInt64())],
        [FrameKind.Ephemeral] = random => Message(random, (topic, body) => [.. FrameCodec.WriteEphemeralHeader(Header(), Id(random), topic, body.Length, Trace(random)), .. body]),
        [FrameKind.Acknowledge] = random => [.. FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], random.NextUInt64(), Refusals(random))],
        [FrameKind.Renew] = _ => [.. FrameCodec.WriteRenew(Header())],
        [FrameKind.Transfer] = random => Message(random, (_, body) => [.. FrameCodec.WriteTransferHeader(Header(), body.Length), .. body]),
    };

    /// <summary>The longest frame that is made, without its length field.</summary>
    public static int BytesMax { get; } = FrameCodec.HeaderBytesMax + 600;

    public static byte[] Any(SeededRandom random) => random.Pick([.. Makers.Values])(random);

    /// <summary>A best-effort message as it travels in a datagram.</summary>
    public static byte[] Datagram(SeededRandom random)
        => Message(random, (topic, body) => [.. FrameCodec.WriteDatagramHeader(Header(), Id(random), topic, Trace(random)), .. body]);

    /// <summary>The bytes of a frame that was read, its length field included.</summary>
    public static byte[] Encode(in Frame frame) => frame.Kind switch
    {
        FrameKind.Hello => [.. FrameCodec.WriteHello(Header(), frame.Generation, frame.FrameBytesMax, frame.Features)],
        FrameKind.Open => [.. FrameCodec.WriteOpen(Header(), frame.Opening)],
        FrameKind.Message => [.. FrameCodec.WriteMessageHeader(Header(), frame.Sequence, frame.MessageId, frame.Topic, frame.Body.Length, trace: frame.Trace), .. frame.Body],
        FrameKind.Repeatable => [.. FrameCodec.WriteMessageHeader(Header(), frame.Sequence, frame.MessageId, frame.Topic, frame.Body.Length, repeatable: true, frame.Trace), .. frame.Body],
        FrameKind.Skip => [.. FrameCodec.WriteSkip(Header(), frame.Sequence)],
        FrameKind.Lost => [.. FrameCodec.WriteLost(Header(), frame.Sequence)],
        FrameKind.Ephemeral => [.. FrameCodec.WriteEphemeralHeader(Header(), frame.MessageId, frame.Topic, frame.Body.Length, frame.Trace), .. frame.Body],
        FrameKind.Acknowledge => [.. FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], frame.Sequence, RefusalsOf(frame.Body))],
        FrameKind.Renew => [.. FrameCodec.WriteRenew(Header())],
        FrameKind.Transfer => [.. FrameCodec.WriteTransferHeader(Header(), frame.Body.Length), .. frame.Body],
        _ => throw new ArgumentOutOfRangeException(nameof(frame), frame.Kind, "this kind is not encoded yet"),
    };

    private static Refusal[] RefusalsOf(ReadOnlySpan<byte> body)
    {
        var refusals = new List<Refusal>();
        while (FrameCodec.TryReadRefusal(ref body, out var refusal))
        {
            refusals.Add(refusal);
        }

        return [.. refusals];
    }

    private static byte[] Message(SeededRandom random, Func<byte[], byte[], byte[]> write)
        => write(Encoding.UTF8.GetBytes(random.Pick<string>(_topics)), Mutations.Bytes(random, 600));

    private static LaneOpening Opening(SeededRandom random)
        => new((byte)random.Next(FrameCodec.LanesMax), Positive(random), random.NextUInt64(), Positive(random), Positive(random), 1 + random.Next(FrameCodec.WindowMax));

    private static ulong Positive(SeededRandom random) => Math.Max(1, random.NextUInt64());

    private static byte[] Header() => new byte[FrameCodec.HeaderBytesMax];

    /// <summary>None, or one that a sender may write.</summary>
    private static TraceContext Trace(SeededRandom random)
        => random.Next(2) == 0 ? default : new TraceContext(Positive(random), random.NextUInt64(), Positive(random), (byte)random.Next(2));

    private static Guid Id(SeededRandom random)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, random.NextUInt64());
        BitConverter.TryWriteBytes(bytes.AsSpan(8), random.NextUInt64());
        return new Guid(bytes);
    }

    private static Refusal[] Refusals(SeededRandom random)
        => [.. Enumerable.Range(0, random.Next(FrameCodec.RefusalsMax + 1)).Select(_ => new Refusal(random.NextUInt64(), (RefusalReason)random.Next(256)))];
}
