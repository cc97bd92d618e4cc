using System.Buffers.Binary;
using Chirps.Engine.Messaging;
using Chirps.Engine.Time;
using Chirps.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Chirps.Tests.Messaging;

/// <summary>What a peer can send on a stream or in a datagram: it is read, or refused with a reason, whatever it is.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    /// <summary>What the assembler may allocate for frames that are hardly longer than nothing.</summary>
    private const int SmallBytes = 4096;

    [Fact]
    public void Every_kind_of_frame_is_fuzzed()
        => Assert.Equal(Enum.GetValues<FrameKind>().Order(), SampleFrames.Makers.Keys.Order());

    [Fact]
    public void Valid_frames_are_read_and_encode_to_the_same_bytes()
        => Fuzz.Cases(output, 5_000, random =>
        {
            var bytes = SampleFrames.Any(random);

            Assert.True(FrameCodec.TryRead(bytes.AsSpan(FrameCodec.LengthBytes), out var frame, out _));

            Assert.Equal(bytes, SampleFrames.Encode(frame));
        });

    [Fact]
    public void Random_bytes_are_read_or_refused_with_a_reason()
        => Fuzz.Cases(output, 20_000, random => ReadOrRefused(Mutations.Bytes(random, 64)));

    [Fact]
    public void Damaged_frames_are_read_or_refused_with_a_reason()
        => Fuzz.Cases(output, 20_000, random => ReadOrRefused(Mutations.Of(random, SampleFrames.Any(random)[FrameCodec.LengthBytes..])));

    [Fact]
    public void Damaged_datagrams_are_read_or_refused_with_a_reason()
        => Fuzz.Cases(output, 10_000, random => ReadOrRefused(Mutations.Of(random, SampleFrames.Datagram(random))));

    [Fact]
    public void A_frame_that_is_cut_off_is_never_read_as_more_than_it_has()
        => Fuzz.Cases(output, 10_000, random =>
        {
            var frame = SampleFrames.Any(random)[FrameCodec.LengthBytes..];
            ReadOrRefused(frame[..random.Next(frame.Length)]);
        });

    [Fact]
    public void Valid_frames_read_back_the_same_when_the_stream_is_cut_anywhere()
        => Fuzz.Cases(output, 40, random =>
        {
            var frames = Frames(random, 3);
            var stream = frames.SelectMany(frame => frame).ToArray();
            var whole = Read([stream], SampleFrames.BytesMax, out var fault);
            Assert.Equal(FrameFault.None, fault);
            Assert.Equal(frames.Select(frame => Convert.ToHexString(frame, FrameCodec.LengthBytes, frame.Length - FrameCodec.LengthBytes)), whole);
            for (var cut = 0; cut <= stream.Length; cut++)
            {
                Assert.Equal(whole, Read([stream[..cut], stream[cut..]], SampleFrames.BytesMax, out fault));
            }
        });

    [Fact]
    public void Valid_frames_read_back_the_same_in_pieces_of_any_size()
        => Fuzz.Cases(output, 1_000, random =>
        {
            var stream = Frames(random, 1 + random.Next(8)).SelectMany(frame => frame).ToArray();

            var whole = Read([stream], SampleFrames.BytesMax, out _);

            Assert.Equal(whole, Read(Pieces(random, stream), SampleFrames.BytesMax, out _));
        });

    [Fact]
    public void A_damaged_stream_yields_the_same_frames_and_fault_however_it_is_cut()
        => Fuzz.Cases(output, 2_000, random =>
        {
            var stream = Mutations.Of(random, [.. Frames(random, 1 + random.Next(4)).SelectMany(frame => frame)]);

            var whole = Read([stream], SampleFrames.BytesMax, out var wholeFault);

            Assert.Equal(whole, Read(Pieces(random, stream), SampleFrames.BytesMax, out var fault));
            Assert.Equal(wholeFault, fault);
        });

    [Fact]
    public void No_stream_makes_the_assembler_hold_more_than_the_longest_frame()
        => Fuzz.Cases(output, 1_000, random =>
        {
            var frameBytesMax = random.Next(20_000);
            var assembler = new FrameAssembler(frameBytesMax);
            byte[] stream = [.. Announced(random, frameBytesMax), .. Mutations.Bytes(random, 30_000)];
            var pieces = Pieces(random, stream);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var held = 0;
            foreach (var piece in pieces)
            {
                ReadOnlySpan<byte> bytes = piece;
                while (assembler.TryTake(ref bytes, out var frame, out _))
                {
                    held = Math.Max(held, frame.Length);
                }

                held = Math.Max(held, assembler.HeldBytes);
            }

            // Growing by doubling costs the sum of the buffers before it as well.
            Assert.InRange(held, 0, frameBytesMax + FrameCodec.LengthBytes);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (3L * frameBytesMax) + SmallBytes);
        });

    private static void ReadOrRefused(byte[] bytes)
    {
        Check(FrameCodec.TryRead(bytes, out var frame, out var fault), frame, fault, bytes.Length);
        Check(FrameCodec.TryReadDatagram(bytes, out frame, out fault), frame, fault, bytes.Length);
    }

    private static void Check(bool read, in Frame frame, FrameFault fault, int length)
    {
        Assert.Equal(read, fault == FrameFault.None);
        Assert.True(frame.Topic.Length + frame.Body.Length < Math.Max(1, length), "more was read than there is");
        var refusals = 0;
        var body = frame.Kind == FrameKind.Acknowledge ? frame.Body : default;
        while (FrameCodec.TryReadRefusal(ref body, out _))
        {
            refusals++;
        }

        Assert.InRange(refusals, 0, FrameCodec.RefusalsMax);
        Assert.Equal(0, body.Length);
    }

    /// <summary>Every frame the stream yields until it ends or breaks, as text that shows a difference.</summary>
    private static List<string> Read(IEnumerable<byte[]> pieces, int frameBytesMax, out FrameFault fault)
    {
        var assembler = new FrameAssembler(frameBytesMax);
        var frames = new List<string>();
        fault = FrameFault.None;
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> bytes = piece;
            while (assembler.TryTake(ref bytes, out var frame, out fault))
            {
                frames.Add(Convert.ToHexString(frame));
            }

            if (fault != FrameFault.None)
            {
                return frames;
            }

            Assert.True(bytes.IsEmpty, "bytes were left over");
        }

        return frames;
    }

    private static List<byte[]> Frames(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => SampleFrames.Any(random))];

    private static List<byte[]> Pieces(SeededRandom random, byte[] stream)
    {
        var pieces = new List<byte[]>();
        var longest = 1 + random.Next(stream.Length + 1);
        for (var start = 0; start < stream.Length; start += pieces[^1].Length)
        {
            pieces.Add(stream[start..Math.Min(stream.Length, start + 1 + random.Next(longest))]);
        }

        return pieces;
    }

    /// <summary>A length field at, below or above the limit.</summary>
    private static byte[] Announced(SeededRandom random, int frameBytesMax)
    {
        var length = new byte[FrameCodec.LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)Math.Max(0, frameBytesMax + random.Next(3) - 1));
        return length;
    }
}
