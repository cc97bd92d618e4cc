using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>The answering side on Chirps.Quic: does what each stream's <see cref="Order"/> says, on the endpoint's thread.</summary>
internal sealed class QuicServer : ITransportHandler
{
    public void EarlyDataStarted(ITransportConnection connection)
    {
    }

    public void Connected(ITransportConnection connection)
    {
    }

    public void Closed(ITransportConnection connection, CloseInfo info)
    {
    }

    public void StreamOpened(ITransportStream stream) => stream.State = new Progress();

    public void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        var progress = (Progress)stream.State!;
        data = progress.TakeOrder(data);
        if (progress.Request is { IsEcho: true })
        {
            if (data.Length > 0 && !stream.TryWrite(data, default))
            {
                stream.Reset(1);
            }
        }
        else if (progress.Request is { } order && progress.Received < order.Bytes)
        {
            progress.Received += data.Length;
            if (progress.Received >= order.Bytes)
            {
                stream.TryWrite([1], default);
            }
        }

        if (end)
        {
            stream.Complete();
        }
    }

    public void StreamWritable(ITransportStream stream)
    {
    }

    public void StreamClosed(ITransportStream stream)
    {
    }

    public void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram) => connection.TrySendDatagram(datagram, default, DatagramClass.Data);

    public void BatchEnded(ITransportConnection connection)
    {
    }

    private sealed class Progress
    {
        private readonly byte[] _head = new byte[Order.Size];
        private int _headBytes;

        public Order? Request { get; private set; }

        public long Received { get; set; }

        /// <returns>What follows the order.</returns>
        public ReadOnlySpan<byte> TakeOrder(ReadOnlySpan<byte> data)
        {
            var take = Math.Min(data.Length, Order.Size - _headBytes);
            data[..take].CopyTo(_head.AsSpan(_headBytes));
            _headBytes += take;
            if (Request == null && _headBytes == Order.Size)
            {
                Request = Order.Read(_head);
            }

            return data[take..];
        }
    }
}
