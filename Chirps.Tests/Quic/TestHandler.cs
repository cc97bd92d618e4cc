using Chirps.Quic;

namespace Chirps.Tests.Quic;

internal delegate void DataCallback(ITransportStream stream, ReadOnlySpan<byte> data, bool end);

internal delegate void DatagramCallback(ITransportConnection connection, ReadOnlySpan<byte> datagram);

/// <summary>Records the first of every event and forwards to what the test sets.</summary>
internal sealed class TestHandler : ITransportHandler
{
    private readonly TaskCompletionSource<ITransportConnection> _connected = New<ITransportConnection>();
    private readonly TaskCompletionSource<CloseInfo> _closed = New<CloseInfo>();
    private readonly TaskCompletionSource<ITransportStream> _streamOpened = New<ITransportStream>();
    private readonly TaskCompletionSource<ITransportStream> _streamClosed = New<ITransportStream>();
    private int _closedCount;
    private int _connectedCount;

    public Action<ITransportConnection>? OnEarlyDataStarted { get; set; }

    public Action<ITransportConnection>? OnConnected { get; set; }

    public Action<ITransportConnection, CloseInfo>? OnClosed { get; set; }

    public Action<ITransportStream>? OnStreamOpened { get; set; }

    public DataCallback? OnStreamData { get; set; }

    public Action<ITransportStream>? OnStreamWritable { get; set; }

    public DatagramCallback? OnDatagram { get; set; }

    public Action<ITransportConnection>? OnBatchEnded { get; set; }

    public TaskCompletionSource<bool> FirstStreamData { get; } = New<bool>();

    public int ClosedCount => Volatile.Read(ref _closedCount);

    public int ConnectedCount => Volatile.Read(ref _connectedCount);

    public Task<ITransportConnection> ConnectedEvent(string side) => Expect.Event(_connected, $"the {side} is connected");

    public Task<CloseInfo> ClosedEvent(string side) => Expect.Event(_closed, $"the {side} saw the connection closed");

    public Task<ITransportStream> StreamOpenedEvent(string side) => Expect.Event(_streamOpened, $"the {side} saw a stream opened");

    public Task<ITransportStream> StreamClosedEvent(string side) => Expect.Event(_streamClosed, $"the {side} saw a stream closed");

    public void EarlyDataStarted(ITransportConnection connection) => OnEarlyDataStarted?.Invoke(connection);

    public void Connected(ITransportConnection connection)
    {
        Interlocked.Increment(ref _connectedCount);
        _connected.TrySetResult(connection);
        OnConnected?.Invoke(connection);
    }

    public void Closed(ITransportConnection connection, CloseInfo info)
    {
        Interlocked.Increment(ref _closedCount);
        _closed.TrySetResult(info);
        OnClosed?.Invoke(connection, info);
    }

    public void StreamOpened(ITransportStream stream)
    {
        _streamOpened.TrySetResult(stream);
        OnStreamOpened?.Invoke(stream);
    }

    public void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        FirstStreamData.TrySetResult(true);
        OnStreamData?.Invoke(stream, data, end);
    }

    public void StreamWritable(ITransportStream stream) => OnStreamWritable?.Invoke(stream);

    public void StreamClosed(ITransportStream stream) => _streamClosed.TrySetResult(stream);

    public void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram) => OnDatagram?.Invoke(connection, datagram);

    public void BatchEnded(ITransportConnection connection) => OnBatchEnded?.Invoke(connection);

    public static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
