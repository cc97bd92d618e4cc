using System.Net;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>A peer with a good certificate that sends what it likes.</summary>
internal sealed class RawPeer : ITransportHandler, IDisposable
{
    private readonly TaskCompletionSource<ITransportConnection> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CloseInfo> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    public async Task<ITransportConnection> ConnectAsync(MeshNode node)
    {
        Dial(node);
        return await _connected.Task.WaitAsync(MeshFixture.Patience);
    }

    public void Dial(MeshNode node) => _endpoint.Connect(node.Membership.Self.Address.ToIPEndPoint(), node.Membership.Self.Id.ToString());

    public void Dispose() => _endpoint.Dispose();

    void ITransportHandler.EarlyDataStarted(ITransportConnection connection)
    {
    }

    void ITransportHandler.Connected(ITransportConnection connection) => _connected.TrySetResult(connection);

    void ITransportHandler.Closed(ITransportConnection connection, CloseInfo info) => _closed.TrySetResult(info);

    void ITransportHandler.StreamOpened(ITransportStream stream)
    {
    }

    void ITransportHandler.StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
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

    void ITransportHandler.BatchEnded(ITransportConnection connection)
    {
    }
}
