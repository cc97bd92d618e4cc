using System.Collections.Concurrent;
using System.Net;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>A connection whose frames the test sees and answers itself.</summary>
internal sealed class FakeConnection : ITransportConnection
{
    /// <summary>What was written, on all streams, in order.</summary>
    public ConcurrentQueue<(FrameKind Kind, ulong Sequence, LaneOpening Opening, FakeStream Stream)> Frames { get; } = new();

    /// <summary>Called with each frame, on the writer's thread.</summary>
    public Action<FrameKind, ulong, FakeStream>? Written { get; set; }

    /// <summary>The trace of the last message.</summary>
    public TraceContext LastTrace { get; set; }

    public long Id => 1;

    public bool IsOutgoing => true;

    public IPEndPoint RemoteEndPoint { get; } = new(IPAddress.Loopback, 1);

    public TransportIdentity Peer => default;

    public object? State { get; set; }

    public bool IsOpen { get; set; } = true;

    public HandshakeKind Handshake => default;

    public bool CanSendEarly => !IsOpen;

    public DateTimeOffset ValidUntil => DateTimeOffset.MaxValue;

    public bool HasCurrentCredentials => true;

    public int MaxDatagramSize => 1200;

    public ITransportStream OpenStream(int priority, bool early = false) => new FakeStream(this);

    public bool TrySendDatagram(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, DatagramClass datagramClass) => true;

    public void Close(ulong code, string reason) => IsOpen = false;

    public ConnectionStatistics GetStatistics() => default!;
}

/// <summary>A stream of a <see cref="FakeConnection"/>.</summary>
internal sealed class FakeStream(FakeConnection connection) : ITransportStream
{
    public long Id => 0;

    public ITransportConnection Connection => connection;

    public object? State { get; set; }

    public int Priority { get; set; }

    public int SendLimit { get; set; }

    public int BufferedBytes => 0;

    public bool IsOpen => true;

    public bool AutoCredit { get; set; }

    public bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool flush = true)
    {
        if (FrameCodec.TryRead(head[FrameCodec.LengthBytes..], out var frame, out _))
        {
            connection.LastTrace = frame.Trace;
            if (connection.Written is { } written)
            {
                written(frame.Kind, frame.Sequence, this);
            }
            else
            {
                connection.Frames.Enqueue((frame.Kind, frame.Sequence, frame.Opening, this));
            }
        }

        return true;
    }

    public void Flush()
    {
    }

    public void Complete()
    {
    }

    public void Reset(ulong code)
    {
    }

    public void Credit(int bytes)
    {
    }
}
