using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Writes more than a stream's limit, waiting for room.</summary>
internal static class Writer
{
    public static async Task WriteAll(TestHandler handler, ITransportStream stream, ReadOnlyMemory<byte> data, int chunk)
    {
        using var writable = new SemaphoreSlim(0);
        handler.OnStreamWritable = _ => writable.Release();
        while (!data.IsEmpty)
        {
            var piece = data[..Math.Min(chunk, data.Length)];
            if (stream.TryWrite(piece.Span, default))
            {
                data = data[piece.Length..];
            }
            else if (!await writable.WaitAsync(Expect.Patience))
            {
                throw new TimeoutException("Did not happen: the stream is writable.");
            }
        }
    }
}
