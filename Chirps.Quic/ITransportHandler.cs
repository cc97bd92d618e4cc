using System.Diagnostics.CodeAnalysis;

namespace Chirps.Quic;

/// <summary>What a transport tells its owner.</summary>
/// <remarks>All callbacks of an endpoint come from its own thread, one at a time. They must return quickly and must not
/// block; every method of connections and streams may be called from them. An exception closes the connection with
/// the transport error INTERNAL_ERROR and is logged; nothing else is harmed. Spans are valid only during the call.</remarks>
[SuppressMessage("Naming", "CA1716", Justification = "'end' is what RFC 9000 calls it; the handler is implemented in C#.")]
public interface ITransportHandler
{
    /// <summary>A client that we know by its ticket has sent data with its first flight; its streams may follow before
    /// <see cref="Connected"/>.</summary>
    /// <remarks><see cref="ITransportConnection.Peer"/> is valid and was authorised when the ticket was made and again now. What
    /// comes until <see cref="Connected"/> may be a repetition by an attacker: do only what is harmless twice.
    /// <see cref="Connected"/> or <see cref="Closed"/> follows.</remarks>
    void EarlyDataStarted(ITransportConnection connection);

    /// <summary>The handshake is done and the peer verified, on both sides. On the accepting side the client's
    /// certificate has been judged; on the dialling side the peer has accepted ours.</summary>
    void Connected(ITransportConnection connection);

    /// <summary>The connection has ended; the last callback for it.</summary>
    /// <remarks>Exactly once for each connection from <see cref="ITransportEndpoint.Connect"/>, and for each incoming one
    /// whose <see cref="EarlyDataStarted"/> or <see cref="Connected"/> was called, whose certificate was refused, or whose client refused ours.</remarks>
    void Closed(ITransportConnection connection, CloseInfo info);

    /// <summary>The peer opened a stream. Data follows in <see cref="StreamData"/>.</summary>
    void StreamOpened(ITransportStream stream);

    /// <summary>Bytes arrived in order.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="data">May be empty together with <paramref name="end"/>.</param>
    /// <param name="end">The peer completed its direction; nothing follows.</param>
    void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end);

    /// <summary>A write was refused before and would fit now.</summary>
    void StreamWritable(ITransportStream stream);

    /// <summary>The stream has ended, in order or by a reset, or with its connection (then before <see cref="Closed"/>). The last callback for it.</summary>
    void StreamClosed(ITransportStream stream);

    /// <summary>A datagram arrived.</summary>
    void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram);

    /// <summary>All packets of one receive batch of this connection were handled: a good moment to write acknowledgements.</summary>
    void BatchEnded(ITransportConnection connection);
}
