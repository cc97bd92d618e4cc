using BenchmarkDotNet.Attributes;
using Chirps.Engine.Messaging;

namespace Chirps.Benchmarks.Micro;

/// <summary>What one message costs in the codec and in the window, without any transport.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private readonly byte[] _frame = new byte[FrameCodec.HeaderBytesMax + 256];
    private readonly byte[] _topic = "orders"u8.ToArray();
    private readonly byte[] _acknowledgement = new byte[FrameCodec.AcknowledgeBytesMax];
    private readonly FrameAssembler _assembler = new(1 << 20);
    private readonly SendWindow<object> _window = new(1024, 1 << 20);
    private readonly object _item = new();
    private readonly Guid _id = new("00112233-4455-6677-8899-aabbccddeeff");
    private int _length;

    [GlobalSetup]
    public void Setup() => _length = FrameCodec.WriteMessageHeader(_frame, 1, _id, _topic, 256).Length + 256;

    [Benchmark]
    public int WriteMessageHeader() => FrameCodec.WriteMessageHeader(_frame, 7, _id, _topic, 256).Length;

    [Benchmark]
    public int CutAndReadMessage()
    {
        ReadOnlySpan<byte> bytes = _frame.AsSpan(0, _length);
        return _assembler.TryTake(ref bytes, out var whole, out _) && FrameCodec.TryRead(whole, out var frame, out _) ? frame.Body.Length : -1;
    }

    [Benchmark]
    public int WriteAcknowledgement() => FrameCodec.WriteAcknowledge(_acknowledgement, 100, default).Length;

    [Benchmark]
    public bool AddAndSettle()
    {
        _window.Add(_item, 256);
        return _window.TryTake(_window.Next - 1, out _);
    }
}
