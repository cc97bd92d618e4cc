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

    /// <summary>How the handshake went. Final from <see cref="ITransportHandler.Connected"/> on.</summary>
    HandshakeKind Handshake { get; }

    /// <summary>Whether data may be sent before the handshake is done: on the dialling side, from <see cref="ITransportEndpoint.Connect"/>
    /// until <see cref="ITransportHandler.Connected"/>, when a ticket of the expected node is at hand (0-RTT, RFC 9001 section 4.6).</summary>
    bool CanSendEarly { get; }

    /// <summary>When the first of the two certificates of the connection expires. Valid from <see cref="ITransportHandler.Connected"/> on.</summary>
    DateTimeOffset ValidUntil { get; }

    /// <summary>Whether our side would be the same if the connection were made again: false once the endpoint's credentials were replaced.</summary>
    bool HasCurrentCredentials { get; }

    /// <summary>Payload bytes that fit in one datagram now; 0 before the connection is open (or can send early) or when the peer takes none. Grows while the path is probed.</summary>
    int MaxDatagramSize { get; }

    /// <summary>Opens a bidirectional stream.</summary>
    /// <remarks>Never blocks. While the peer's stream limit is reached, or the handshake still runs, the stream waits for
    /// its number by itself and what is written stays in its buffer. The peer learns of a stream with its first byte. On a
    /// closed connection the returned stream is closed from the start and gets no callback.</remarks>
    /// <param name="priority">0, most urgent, to 7.</param>
    /// <param name="early">Whether its bytes may leave in the first flight (see <see cref="CanSendEarly"/>), where an attacker can
    /// repeat them: only for what is harmless twice. When the peer refuses the early data the transport sends it again by
    /// itself after the handshake. Without effect when the connection cannot send early. At most <see cref="QuicEndpointOptions.EarlyDataMaxBytes"/> leave early.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is not 0 to 7.</exception>
    ITransportStream OpenStream(int priority, bool early = false);

    /// <summary>Queues one datagram made of <paramref name="head"/> followed by <paramref name="body"/>; both are copied.</summary>
    /// <remarks>When the queue of the class is full its oldest datagram is dropped and counted. While <see cref="CanSendEarly"/>
    /// a datagram is taken and leaves as soon as the handshake is done; it does not ride in the first flight.</remarks>
    /// <returns><see langword="false"/>, with nothing queued, when it is empty, larger than <see cref="MaxDatagramSize"/>, or the connection is not open.</returns>
    bool TrySendDatagram(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, DatagramClass datagramClass);

    /// <summary>Closes the connection; the first call wins. Bytes not yet acknowledged may be lost.</summary>
    /// <param name="code">Told to the peer; below 2^62.</param>
    /// <param name="reason">Told to the peer, cut to 256 bytes of UTF-8.</param>
    void Close(ulong code, string reason);

    /// <summary>The figures last published by the connection; at most about a millisecond old while it is active.</summary>
    ConnectionStatistics GetStatistics();
}
