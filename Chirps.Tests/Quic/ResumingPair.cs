using System.Text;
using System.Threading.Channels;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>A client and a server that meet more than once, and a log of what the server sees after the first time.</summary>
internal sealed class ResumingPair : IDisposable
{
    private readonly Func<QuicEndpointOptions, QuicEndpointOptions> _change;
    private readonly TlsMaterial _clientTls;

    public ResumingPair(Func<QuicEndpointOptions, QuicEndpointOptions>? change = null, TlsMaterial? client = null)
    {
        _change = change ?? (options => options);
        _clientTls = client ?? TestPki.Client;
        ServerEndpoint = Loopback.Open(_change(Loopback.Options(TestPki.Server)), Server);
        ClientEndpoint = Loopback.Open(_change(Loopback.Options(_clientTls)), Client);
    }

    public EventLog Server { get; private set; } = new();

    public EventLog Client { get; } = new();

    public ITransportEndpoint ServerEndpoint { get; private set; }

    public ITransportEndpoint ClientEndpoint { get; private set; }

    public ITransportConnection Dial() => ClientEndpoint.Connect(ServerEndpoint.LocalEndPoint, "server");

    public async Task<ITransportConnection> Connect()
    {
        var connection = Dial();
        await Client.Connected();
        await Expect.Eventually(() => ((QuicEndpoint)ClientEndpoint).Tls.Tickets.Count > 0 || ((QuicEndpoint)ClientEndpoint).Options.Resumption == Resumption.None, "the server has given a ticket");
        Server.Clear();
        return connection;
    }

    /// <summary>Meets once, so that the client has a ticket.</summary>
    public async Task ConnectAndClose()
    {
        Close(await Connect());
        await Client.Closed();
    }

    /// <summary>
    /// Meets once, then dials again and does something with the new connection before its first packet leaves: on the
    /// endpoint's own thread.
    /// </summary>
    public async Task<ITransportConnection> Reconnect(Action<ITransportConnection> early, Func<ITransportConnection>? dial = null)
    {
        var dialled = TestHandler.New<ITransportConnection>();
        var first = await Connect();
        Client.OnClosed = () =>
        {
            Client.OnClosed = null;
            var connection = (dial ?? Dial)();
            early(connection);
            dialled.TrySetResult(connection);
        };
        Close(first);
        var second = await Expect.Event(dialled, "the client has dialled again");
        await Client.Connected();
        return second;
    }

    public static void Close(ITransportConnection connection) => connection.Close(0, "done");

    /// <summary>Dials a new process of the server at the same address: it knows nothing of the old one's tickets.</summary>
    public ITransportConnection DialRestarted()
    {
        var address = ServerEndpoint.LocalEndPoint;
        ServerEndpoint.Dispose();
        Server = new EventLog();
        ServerEndpoint = Loopback.Open(_change(Loopback.Options(TestPki.Server)) with { Bind = address }, Server);
        return Dial();
    }

    /// <summary>A client with other options that has the tickets of the one before.</summary>
    public void RestartClient(Func<QuicEndpointOptions, QuicEndpointOptions> change)
    {
        var ticket = ((QuicEndpoint)ClientEndpoint).Tls.Tickets.Take("server")!;
        ClientEndpoint.Dispose();
        ClientEndpoint = Loopback.Open(change(_change(Loopback.Options(_clientTls))), Client);
        ((QuicEndpoint)ClientEndpoint).Tls.Tickets.Add("server", ticket.Session!, ticket.Parameters!);
    }

    public void Dispose()
    {
        ClientEndpoint.Dispose();
        ServerEndpoint.Dispose();
    }

    /// <summary>What one side is told, in words.</summary>
    internal sealed class EventLog : ITransportHandler
    {
        private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
        private readonly Channel<bool> _connected = Channel.CreateUnbounded<bool>();
        private readonly Channel<bool> _closed = Channel.CreateUnbounded<bool>();
        private readonly System.Collections.Concurrent.ConcurrentBag<string> _ends = [];
        private long _earlyBytes;

        public ITransportConnection? Connection { get; private set; }

        public Action? OnClosed { get; set; }

        /// <summary>Bytes that came before the handshake was done.</summary>
        public long EarlyBytes => Interlocked.Read(ref _earlyBytes);

        public Task Connected() => Next(_connected, "connected");

        public Task Closed() => Next(_closed, "closed");

        /// <summary>The next events; with <paramref name="bytes"/> each received byte counts as one.</summary>
        public async Task<List<string>> Events(int count, bool bytes = false)
        {
            var events = new List<string>();
            for (var seen = 0; seen < count;)
            {
                var one = await Next(_events, $"an event after {string.Join(", ", events)}");
                events.Add(one);
                seen += bytes && one.StartsWith("data ", StringComparison.Ordinal) ? one.Length - "data ".Length : 1;
            }

            return events;
        }

        /// <summary>Forgets what came so far.</summary>
        public void Clear() => _ = Seen;

        /// <summary>Takes what has come and was not asked for.</summary>
        public List<string> Seen
        {
            get
            {
                var events = new List<string>();
                while (_events.Reader.TryRead(out var one))
                {
                    events.Add(one);
                }

                return events;
            }
        }

        void ITransportHandler.EarlyDataStarted(ITransportConnection connection) => _events.Writer.TryWrite("early started");

        void ITransportHandler.Connected(ITransportConnection connection)
        {
            Connection = connection;
            _events.Writer.TryWrite("connected");
            _connected.Writer.TryWrite(true);
        }

        void ITransportHandler.Closed(ITransportConnection connection, CloseInfo info)
        {
            _ends.Add($"{info.Kind} {info.Code} {info.Reason}");
            _closed.Writer.TryWrite(true);
            OnClosed?.Invoke();
        }

        void ITransportHandler.StreamOpened(ITransportStream stream)
        {
        }

        void ITransportHandler.StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
        {
            if (!stream.Connection.IsOpen)
            {
                Interlocked.Add(ref _earlyBytes, data.Length);
            }

            _events.Writer.TryWrite($"data {Encoding.ASCII.GetString(data)}");
        }

        void ITransportHandler.StreamWritable(ITransportStream stream)
        {
        }

        void ITransportHandler.StreamClosed(ITransportStream stream)
        {
        }

        void ITransportHandler.DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
            => _events.Writer.TryWrite($"datagram {Encoding.ASCII.GetString(datagram)}");

        void ITransportHandler.BatchEnded(ITransportConnection connection)
        {
        }

        private async Task<T> Next<T>(Channel<T> channel, string what)
        {
            try
            {
                return await channel.Reader.ReadAsync(new CancellationTokenSource(Expect.Patience).Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Did not happen within {Expect.Patience.TotalSeconds} s: {what}. Connections ended so: {string.Join("; ", _ends)}.");
            }
        }
    }
}
