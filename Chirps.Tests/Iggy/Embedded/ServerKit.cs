using System.Globalization;
using System.Net;
using System.Text;
using Chirps.Iggy.Client;
using Chirps.Iggy.Embedded;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>An embedded server on a free port with a directory of its own, and clients of it.</summary>
internal sealed class ServerKit : IAsyncDisposable
{
    public const string Password = "secret";

    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-iggy-").FullName;
    private readonly List<IggyClient> _clients = [];
    private EmbeddedIggyServer? _server;

    private ServerKit(Func<EmbeddedIggyOptions, EmbeddedIggyOptions> change) => Options = change(new EmbeddedIggyOptions
    {
        Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
        DataDirectory = _directory,
        Password = Password,
    });

    public EmbeddedIggyOptions Options { get; set; }

    public EmbeddedIggyServer Server => _server!;

    public static async Task<ServerKit> StartAsync(Func<EmbeddedIggyOptions, EmbeddedIggyOptions>? change = null)
    {
        var kit = new ServerKit(change ?? (options => options));
        kit._server = await EmbeddedIggyServer.StartAsync(kit.Options, TimeProvider.System, NullLoggerFactory.Instance);
        return kit;
    }

    /// <summary>Stops the server and starts another on the same data.</summary>
    public async Task RestartAsync()
    {
        await CloseClientsAsync();
        await Server.DisposeAsync();
        _server = await EmbeddedIggyServer.StartAsync(Options, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public IggyClient Connect(IggyDialect dialect = IggyDialect.Classic, Func<IggyClientOptions, IggyClientOptions>? change = null)
    {
        var options = new IggyClientOptions { Port = Server.LocalEndPoint.Port, Password = Password, Dialect = dialect };
        var client = new IggyClient(change?.Invoke(options) ?? options);
        _clients.Add(client);
        return client;
    }

    /// <summary>A client with the stream "s" and its topic "t".</summary>
    public async Task<IggyClient> ConnectWithTopicAsync(IggyDialect dialect = IggyDialect.Classic, int partitions = 1)
    {
        var client = Connect(dialect);
        await client.CreateStreamAsync("s");
        await client.CreateTopicAsync("s", "t", partitions);
        return client;
    }

    public static IggyMessage Message(int number) => new(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The numbers in the messages of partition 0 that follow the offset stored for the consumer, which is moved on.</summary>
    public static Task<IReadOnlyList<int>> PollAsync(IggyClient client, PollingStrategy strategy, int count = 100, uint? partition = 0, bool autoCommit = false)
        => PollAsync(client, IggyConsumer.Of("reader"), strategy, count, partition, autoCommit);

    public static async Task<IReadOnlyList<int>> PollAsync(IggyClient client, IggyConsumer consumer, PollingStrategy strategy, int count, uint? partition, bool autoCommit = false)
    {
        using var polled = await client.PollAsync(consumer, "s", "t", partition, strategy, count, autoCommit);
        return Numbers(polled);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseClientsAsync();
        await Server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static int[] Numbers(PolledMessages polled)
    {
        var numbers = new List<int>();
        foreach (var message in polled)
        {
            numbers.Add(int.Parse(message.Payload, CultureInfo.InvariantCulture));
        }

        return [.. numbers];
    }

    private async Task CloseClientsAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        _clients.Clear();
    }
}
