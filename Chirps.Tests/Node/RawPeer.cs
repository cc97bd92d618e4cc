using System.Net;
using System.Text;
using System.Threading.Channels;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>A frame that a node sent.</summary>
internal sealed record FrameSeen(FrameKind Kind, ulong Sequence, LaneOpening Opening, string Topic, ITransportStream Stream);

/// <summary>A peer with a good certificate that sends what it likes.</summary>
internal sealed class RawPeer : ITransportHandler, IDisposable
{
    private TaskCompletionSource<ITransportConnection> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CloseInfo> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<FrameSeen> _frames = Channel.CreateUnbounded<FrameSeen>();
    private readonly ITransportEndpoint _endpoint;

    public RawPeer(string directory, string name)
        : this(AuthorityStore.At(Path.Combine(directory, "dev-certs")).Issue("chirps", name))
    {
    }

    public RawPeer(TlsMaterial material)
    {
        _endpoint = QuicTransport.Open(new QuicEndpointOptions { Bind = new IPEndPoint(IPAddress.Loopback, 0), Tls = material }, this);
    }

    public Task<CloseInfo> Closed => _closed.Task.WaitAsync(MeshFixture.Patience);

    /// <summary>Whether the streams of the node are read.</summary>
    public bool Reads { get; set; } = true;

    /// <summary>While not set the peer takes and sends nothing, like a stopped process.</summary>
    public ManualResetEventSlim Runs { get; } = new(initialState: true);

    public async Task<ITransportConnection> ConnectAsync(MeshNode node)
    {
        _connected = new TaskCompletionSource<ITransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        Dial(node);
        return await _connected.Task.WaitAsync(MeshFixture.Patience);
    }

    /// <summary>Starts a handshake whose end nobody waits for.</summary>
    public void Dial(MeshNode node) => _endpoint.Connect(node.Membership.Self.Address.ToIPEndPoint(), node.Membership.Self.Id.ToString());

    /// <summary>The next frame on any stream.</summary>
    public async Task<FrameSeen> NextFrame() => await _frames.Reader.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token);

    /// <summary>The next frame of a kind on any stream; what comes before is passed over.</summary>
    public async Task<FrameSeen> Frame(FrameKind kind)
    {
        while (true)
        {
            if (await NextFrame() is var frame && frame.Kind == kind)
            {
                return frame;
            }
        }
    }

    public void Dispose()
    {
        Runs.Set();
        _endpoint.Dispose();
    }

    void ITransportHandler.EarlyDataStarted(ITransportConnection connection)
    {
    }

    void ITransportHandler.Connected(ITransportConnection connection) => _connected.TrySetResult(connection);

    void ITransportHandler.Closed(ITransportConnection connection, CloseInfo info) => _closed.TrySetResult(info);

    void ITransportHandler.StreamOpened(ITransportStream stream) => stream.AutoCredit = Reads;

    void ITransportHandler.StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        var assembler = (FrameAssembler)(stream.State ??= new FrameAssembler(1 << 20));
        while (assembler.TryTake(ref data, out var bytes, out _))
        {
            if (FrameCodec.TryRead(bytes, out var frame, out _))
            {
                _frames.Writer.TryWrite(new FrameSeen(frame.Kind, frame.Sequence, frame.Opening, Encoding.UTF8.GetString(frame.Topic), stream));
            }
        }
    }

    void ITransportHandler.StreamWritable(ITransportStream stream)
    {
    }

    void ITransportHandler.StreamClosed(ITransportStream stream)
    {
    }

    void ITransportHandler.DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
    {
    }

    void ITransportHandler.BatchEnded(ITransportConnection connection) => Runs.Wait();
}
