using System.Net;

namespace Chirps.Quic;

/// <summary>One mutually authenticated connection.</summary>
/// <remarks>Every member may be called from any thread, also from inside a callback of this or another connection, and
/// never blocks on the work of a connection.</remarks>
public interface ITransportConnection
{
    /// <summary>A number unique in the process, for logs.</summary>
    long Id { get; }

    /// <summary>True when this side dialled.</summary>
    bool IsOutgoing { get; }

    /// <summary>The peer's address when the connection was made.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Who the peer is. Valid from <see cref="ITransportHandler.Connected"/> on.</summary>
    TransportIdentity Peer { get; }

    /// <summary>Anything the owner wants to find again in a callback.</summary>
    object? State { get; set; }

    /// <summary>True from just before <see cref="ITransportHandler.Connected"/> until a close was requested or noticed.</summary>
    bool IsOpen { get; }

    /// <summary>Payload bytes that fit in one datagram now; 0 before the connection is open or when the peer takes none. Grows while the path is probed.</summary>
    int MaxDatagramSize { get; }

    /// <summary>Opens a bidirectional stream.</summary>
    /// <remarks>Never blocks. While the peer's stream limit is reached, or the handshake still runs, the stream waits for
    /// its number by itself and what is written stays in its buffer. The peer learns of a stream with its first byte. On a
    /// closed connection the returned stream is closed from the start and gets no callback.</remarks>
    /// <param name="priority">0, most urgent, to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is not 0 to 7.</exception>
    ITransportStream OpenStream(int priority);

    /// <summary>Queues one datagram made of <paramref name="head"/> followed by <paramref name="body"/>; both are copied.</summary>
    /// <remarks>When the queue of the class is full its oldest datagram is dropped and counted.</remarks>
    /// <returns><see langword="false"/>, with nothing queued, when it is empty, larger than <see cref="MaxDatagramSize"/>, or the connection is not open.</returns>
    bool TrySendDatagram(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, DatagramClass datagramClass);

    /// <summary>Closes the connection; the first call wins. Bytes not yet acknowledged may be lost.</summary>
    /// <param name="code">Told to the peer; below 2^62.</param>
    /// <param name="reason">Told to the peer, cut to 256 bytes of UTF-8.</param>
    void Close(ulong code, string reason);

    /// <summary>The figures last published by the connection; at most about a millisecond old while it is active.</summary>
    ConnectionStatistics GetStatistics();
}
