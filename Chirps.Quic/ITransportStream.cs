using System.Diagnostics.CodeAnalysis;

namespace Chirps.Quic;

/// <summary>One bidirectional stream of bytes.</summary>
/// <remarks>Every member may be called from any thread and never blocks on the work of the connection. The stream ends
/// when both sides completed it, when either side resets it, or with its connection.</remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a QUIC stream; System.IO.Stream is another thing.")]
public interface ITransportStream
{
    /// <summary>The stream's number, or -1 until it has one.</summary>
    long Id { get; }

    /// <summary>The connection it belongs to.</summary>
    ITransportConnection Connection { get; }

    /// <summary>Anything the owner wants to find again in a callback.</summary>
    object? State { get; set; }

    /// <summary>0, most urgent, to 7. Level 0 goes before everything else. The levels 1 to 7 share what it leaves: each level with
    /// something to send gets twice the bytes of the next one (64 : 32 : 16 : 8 : 4 : 2 : 1), the streams within a level
    /// the same. Settable at any time; incoming streams start with 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 0 to 7.</exception>
    int Priority { get; set; }

    /// <summary>Bytes that may be written and unacknowledged at most.</summary>
    /// <value>The endpoint's <see cref="QuicEndpointOptions.StreamSendLimitBytes"/> by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    int SendLimit { get; set; }

    /// <summary>Bytes written and not yet acknowledged by the peer.</summary>
    int BufferedBytes { get; }

    /// <summary>Appends <paramref name="head"/> and <paramref name="body"/> as one piece no other writer can tear; both are copied.</summary>
    /// <returns><see langword="false"/>, with nothing written, when they would exceed <see cref="SendLimit"/>
    /// (<see cref="ITransportHandler.StreamWritable"/> follows once there is room and at most half the limit is in use;
    /// it does not follow for a message that is itself larger than the limit), or when the stream is closed, completed or reset
    /// (check <see cref="IsOpen"/>).</returns>
    /// <param name="head">The first part.</param>
    /// <param name="body">The rest.</param>
    /// <param name="flush">False leaves sending to a later <see cref="Flush"/>, for a caller that holds a lock while it writes.</param>
    bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool flush = true);

    /// <summary>Sends what was written without flushing, on this thread or soon on the endpoint's.</summary>
    void Flush();

    /// <summary>True while more can be written.</summary>
    bool IsOpen { get; }

    /// <summary>Ends our direction after what is buffered.</summary>
    void Complete();

    /// <summary>Abandons both directions. What is buffered may be lost; the peer sees <see cref="ITransportHandler.StreamClosed"/> without an end of data.</summary>
    /// <param name="code">Told to the peer's QUIC stack; below 2^62.</param>
    void Reset(ulong code);

    /// <summary>Whether flow-control credit is returned as soon as <see cref="ITransportHandler.StreamData"/> returned.</summary>
    /// <value>True by default.</value>
    bool AutoCredit { get; set; }

    /// <summary>Returns credit for bytes really consumed, when <see cref="AutoCredit"/> is off. More than was received is ignored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    void Credit(int bytes);
}
