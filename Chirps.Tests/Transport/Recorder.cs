using System.Collections.Concurrent;
using Chirps.Quic;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Writes down every callback, and forwards to what the test sets.</summary>
internal sealed class Recorder(Action beat) : ITransportHandler
{
    private readonly ConcurrentDictionary<ITransportStream, byte[]> _received = new();
    private int _inside;

    public ConcurrentQueue<ITransportConnection> Connections { get; } = new();

    public ConcurrentQueue<CloseInfo> Closes { get; } = new();

    public ConcurrentQueue<ITransportStream> Opened { get; } = new();

    public ConcurrentQueue<ITransportStream> Ended { get; } = new();

    public ConcurrentQueue<ITransportStream> Completed { get; } = new();

    public ConcurrentQueue<ITransportStream> Writable { get; } = new();

    public ConcurrentQueue<byte[]> Datagrams { get; } = new();

    /// <summary>The names of all callbacks in their order.</summary>
    public ConcurrentQueue<string> Order { get; } = new();

    /// <summary>Callbacks that came while another one had not returned.</summary>
    public int Overlaps { get; private set; }

    public long ReceivedBytes { get; private set; }

    public Action<ITransportConnection>? OnConnected { get; set; }

    public Action<ITransportConnection>? OnClosed { get; set; }

    public Action<ITransportStream>? OnOpened { get; set; }

    public DataCallback? OnData { get; set; }

    public DatagramCallback? OnDatagram { get; set; }

    public CloseInfo Close => Closes.First();

    public byte[] Received(ITransportStream stream) => _received.GetValueOrDefault(stream, []);

    public void EarlyDataStarted(ITransportConnection connection) => Record("early", () => { });

    public void Connected(ITransportConnection connection) => Record("connected", () =>
    {
        Connections.Enqueue(connection);
        OnConnected?.Invoke(connection);
    });

    public void Closed(ITransportConnection connection, CloseInfo info) => Record("closed", () =>
    {
        Closes.Enqueue(info);
        OnClosed?.Invoke(connection);
    });

    public void StreamOpened(ITransportStream stream) => Record("opened", () =>
    {
        Opened.Enqueue(stream);
        OnOpened?.Invoke(stream);
    });

    public void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        Enter("data");
        try
        {
            ReceivedBytes += data.Length;
            OnData?.Invoke(stream, data, end);
            if (OnData == null)
            {
                _received[stream] = [.. Received(stream), .. data];
            }

            if (end)
            {
                Completed.Enqueue(stream);
            }
        }
        finally
        {
            Leave();
        }
    }

    public void StreamWritable(ITransportStream stream) => Record("writable", () => Writable.Enqueue(stream));

    public void StreamClosed(ITransportStream stream) => Record("ended", () => Ended.Enqueue(stream));

    public void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
    {
        Enter("datagram");
        try
        {
            Datagrams.Enqueue(datagram.ToArray());
            OnDatagram?.Invoke(connection, datagram);
        }
        finally
        {
            Leave();
        }
    }

    public void BatchEnded(ITransportConnection connection) => Record("batch", () => { });

    private void Record(string name, Action work)
    {
        Enter(name);
        try
        {
            work();
        }
        finally
        {
            Leave();
        }
    }

    private void Enter(string name)
    {
        Overlaps += Interlocked.Increment(ref _inside) == 1 ? 0 : 1;
        Order.Enqueue(name);
    }

    private void Leave()
    {
        Interlocked.Decrement(ref _inside);
        beat();
    }
}
