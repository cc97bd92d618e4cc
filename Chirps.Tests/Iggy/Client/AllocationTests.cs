using System.Net;
using System.Net.Sockets;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Tests.Iggy.Protocol;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Counts what the whole process allocates, so it runs alone.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int Sends = 10_000;
    private const int Polls = 100;
    private const int MessagesInPoll = 1000;

    [Fact]
    public async Task A_message_sent_costs_no_garbage()
    {
        using var server = new CountingServer(Vectors.EmptyOk);
        await using var client = server.Connect();
        await Task.Run(() => SendAsync(client));

        var perMessage = await LeastAsync(() => SendAsync(client)) / Sends;

        // An object per message would be 24 bytes at the least; timers and the pool account for the rest.
        Assert.InRange(perMessage, 0, 16);
    }

    [Fact]
    public async Task A_message_polled_costs_no_garbage()
    {
        using var server = new CountingServer(PollAnswer());
        await using var client = server.Connect();
        await Task.Run(() => PollAsync(client));

        var perMessage = await LeastAsync(() => PollAsync(client)) / (Polls * MessagesInPoll);

        // One object per poll is handed out, and nothing per message.
        Assert.InRange(perMessage, 0, 4);
    }

    /// <summary>The least of several rounds: a shared pool that is trimmed meanwhile adds to one, garbage per message to all.</summary>
    private static async Task<double> LeastAsync(Func<Task> round)
    {
        var least = long.MaxValue;
        for (var rounds = 0; rounds < 5; rounds++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Run(round);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    private static async Task SendAsync(IggyClient client)
    {
        var message = new IggyMessage(new byte[256]);
        for (var sent = 0; sent < Sends; sent++)
        {
            await client.SendAsync(1, 1, Partitioning.To(0), message);
        }
    }

    private static async Task PollAsync(IggyClient client)
    {
        var bytes = 0;
        for (var polled = 0; polled < Polls; polled++)
        {
            using var messages = await client.PollAsync(IggyConsumer.Of(1), 1, 1, 0, PollingStrategy.First, MessagesInPoll);
            foreach (var message in messages)
            {
                bytes += message.Payload.Length;
            }
        }

        Assert.Equal(Polls * MessagesInPoll * 256, bytes);
    }

    private static byte[] PollAnswer() => Frames.Response(
        Chirps.Iggy.Protocol.Dialects.ClassicDialect.Instance,
        new Chirps.Iggy.Protocol.Dialects.RequestHead(IggyCommand.PollMessages, 8, 0),
        IggyStatus.Ok,
        buffer =>
        {
            var writer = new PollReplyWriter(buffer, MessageLayout.Classic, 0, MessagesInPoll - 1);
            for (var offset = 0u; offset < MessagesInPoll; offset++)
            {
                writer.Add(new MessageView { Id = 1 + offset, Offset = offset, Payload = new byte[256] });
            }

            writer.Finish();
        });

    /// <summary>Answers a login, and everything behind it with the same bytes, on a thread that allocates nothing.</summary>
    private sealed class CountingServer : IDisposable
    {
        private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _answer;

        public CountingServer(byte[] answer)
        {
            _answer = answer;
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public IggyClient Connect() => new(new IggyClientOptions
        {
            Port = ((IPEndPoint)_listener.LocalEndPoint!).Port,
            Password = "secret",
            Dialect = IggyDialect.Classic,
            HeartbeatInterval = Timeout.InfiniteTimeSpan,
        });

        public void Dispose() => _listener.Dispose();

        private void Serve()
        {
            try
            {
                using var socket = _listener.Accept();
                socket.NoDelay = true;
                var received = new byte[64 * 1024];
                var held = 0;
                for (var answered = 0L; ;)
                {
                    var read = socket.Receive(received, held, received.Length - held, SocketFlags.None);
                    if (read == 0)
                    {
                        return;
                    }

                    held += read;
                    var start = 0;
                    for (int length; held - start >= 8 && (length = 4 + BitConverter.ToInt32(received, start)) <= held - start; start += length, answered++)
                    {
                        socket.Send(answered == 0 ? Vectors.LoginReply : _answer);
                    }

                    held -= start;
                    Buffer.BlockCopy(received, start, received, 0, held);
                }
            }
            catch (SocketException)
            {
                // The test is over.
            }
        }
    }
}
