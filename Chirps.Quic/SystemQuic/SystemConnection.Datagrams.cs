using System.Net.Quic;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <content>Datagrams, each a short stream of one direction. On the loop.</content>
internal sealed partial class SystemConnection
{
    /// <summary>The largest datagram: what fits in one packet on any path (RFC 9000 section 14), as owners expect of datagrams.</summary>
    internal const int DatagramBytesMax = 1200;

    /// <summary>Datagrams of one connection under way at a time; more wait in the queue, where the oldest makes room.</summary>
    internal const int DatagramStreamsMax = 64;

    private readonly DatagramQueue _probes;
    private readonly DatagramQueue _data;
    private int _datagramsPosted;
    private int _datagramsUnderWay;
    private long _datagramsSent;
    private long _datagramsReceived;

    private void SendDatagrams()
    {
        Volatile.Write(ref _datagramsPosted, 0);
        Interlocked.MemoryBarrier();
        while (!_ended && _datagramsUnderWay < DatagramStreamsMax && TryTake(out var datagram))
        {
            _datagramsUnderWay++;
            _ = SendDatagramAsync(datagram);
        }
    }

    private bool TryTake(out byte[] datagram)
    {
        var queue = _probes.IsEmpty ? _data : _probes;
        if (queue.Peek() is { } next)
        {
            datagram = next.Buffer[..next.Length];
            queue.Pop();
            return true;
        }

        datagram = [];
        return false;
    }

    private async Task SendDatagramAsync(byte[] datagram)
    {
        try
        {
            var net = await _net!.OpenOutboundStreamAsync(QuicStreamType.Unidirectional).ConfigureAwait(true);
            await using (net.ConfigureAwait(true))
            {
                await net.WriteAsync(datagram, completeWrites: true).ConfigureAwait(true);
                Interlocked.Increment(ref _datagramsSent);
                CountSent(datagram.Length);
            }
        }
        catch (Exception e) when (IsExpected(e) || e is InvalidOperationException)
        {
            // A datagram may be lost; that the connection ended is told by whoever accepts its streams.
        }

        _datagramsUnderWay--;
        SendDatagrams();
    }

    private async Task ReceiveDatagramAsync(NetStream net)
    {
        var buffer = new byte[DatagramBytesMax + 1];
        var length = 0;
        try
        {
            await using (net.ConfigureAwait(true))
            {
                length = await net.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).ConfigureAwait(true);
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            return; // abandoned half way: lost
        }

        if (length is 0 or > DatagramBytesMax || IsEnding)
        {
            return;
        }

        Interlocked.Increment(ref _datagramsReceived);
        CountReceived(length);
        Tell((handler, connection) => handler.DatagramReceived(connection, buffer.AsSpan(0, length)));
    }
}
