using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Collects the bytes of one stream until its end.</summary>
internal sealed class Collector
{
    private readonly List<byte> _bytes = [];
    private readonly TaskCompletionSource<byte[]> _whole = TestHandler.New<byte[]>();

    public void Take(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        _bytes.AddRange(data);
        if (end)
        {
            _whole.TrySetResult(_bytes.ToArray());
        }
    }

    public Task<byte[]> Whole(string name) => Expect.Event(_whole, name);
}
