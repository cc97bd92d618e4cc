using System.Buffers.Binary;
using Chirps.Engine.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace Chirps.Tests.Messaging;

public sealed class FrameAssemblerTests
{
    [Fact]
    public void Frames_come_out_whole_however_the_stream_is_cut()
        => Prop.ForAll<NonEmptyArray<byte[]>, PositiveInt>((frames, cut) =>
        {
            var stream = frames.Get.SelectMany(Framed).ToArray();
            var assembler = new FrameAssembler(1 << 16);
            var seen = new List<byte[]>();
            for (var start = 0; start < stream.Length; start += cut.Get)
            {
                Collect(assembler, stream.AsSpan(start, Math.Min(cut.Get, stream.Length - start)), seen);
            }

            return seen.Count == frames.Get.Length && seen.Zip(frames.Get).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_frame_of_the_limit_passes_and_one_byte_more_breaks_the_stream()
    {
        ReadOnlySpan<byte> fits = Framed(new byte[10]);
        ReadOnlySpan<byte> tooLong = Framed(new byte[11]);

        Assert.True(new FrameAssembler(10).TryTake(ref fits, out _, out _));
        Assert.False(new FrameAssembler(10).TryTake(ref tooLong, out _, out var fault));
        Assert.Equal(FrameFault.TooLong, fault);
    }

    [Fact]
    public void An_announced_length_alone_costs_next_to_nothing()
    {
        var assembler = new FrameAssembler(4 << 20);
        var announced = new byte[FrameCodec.LengthBytes + 1];
        BinaryPrimitives.WriteUInt32BigEndian(announced, 4 << 20);
        ReadOnlySpan<byte> bytes = announced;
        var before = GC.GetAllocatedBytesForCurrentThread();

        assembler.TryTake(ref bytes, out _, out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(announced.Length, assembler.HeldBytes);
    }

    private static byte[] Framed(byte[] payload)
    {
        var framed = new byte[FrameCodec.LengthBytes + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed, (uint)payload.Length);
        payload.CopyTo(framed, FrameCodec.LengthBytes);
        return framed;
    }

    private static void Collect(FrameAssembler assembler, ReadOnlySpan<byte> bytes, List<byte[]> seen)
    {
        while (assembler.TryTake(ref bytes, out var frame, out _))
        {
            seen.Add(frame.ToArray());
        }
    }
}
