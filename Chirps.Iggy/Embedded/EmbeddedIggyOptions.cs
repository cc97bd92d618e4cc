using System.Net;
using System.Net.Security;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Iggy.Embedded;

/// <summary>Settings of an embedded server.</summary>
public sealed record EmbeddedIggyOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    /// <value>127.0.0.1:8090, Iggy's own.</value>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 8090);

    /// <summary>Where everything is kept. One server at a time: it takes a lock.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>When a send is answered.</summary>
    /// <value>Once the messages are on stable storage.</value>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>How often messages are put on stable storage with <see cref="Durability.Interval"/>.</summary>
    /// <value>One second.</value>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Name of the one user.</summary>
    /// <value>iggy, as in Iggy.</value>
    public string User { get; init; } = "iggy";

    /// <summary>The user's password, 3 to 100 bytes.</summary>
    public required string Password { get; init; }

    /// <summary>Makes the TLS settings of one connection: certificate, and whether and how clients show theirs. Called for every connection, so that renewed certificates are taken up.</summary>
    /// <value>None: plain TCP.</value>
    public Func<SslServerAuthenticationOptions>? Tls { get; init; }

    /// <summary>Most connections at a time; further ones are closed at once.</summary>
    /// <value>1024.</value>
    public int ConnectionsMax { get; init; } = 1024;

    /// <summary>How long a connection may last without a login, the TLS handshake included.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer may take to send a request it has begun, and to take an answer.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body of a request, in bytes.</summary>
    /// <value>64 MiB and room for headers around one message of that size.</value>
    public int RequestBytesMax { get; init; } = (64 * 1024 * 1024) + (128 * 1024);

    /// <summary>Most bytes of messages in one answer to a poll; a single message may be larger.</summary>
    /// <value>4 MiB.</value>
    public int PollBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most bytes that requests and answers of all connections may hold at a time; beyond it they wait for each other.</summary>
    /// <value>256 MiB.</value>
    public long MemoryBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>Size at which a segment file is closed, in bytes.</summary>
    /// <remarks>Retention removes whole segments.</remarks>
    /// <value>256 MiB.</value>
    public long SegmentBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How many of the newest messages of each partition are known by id: a message whose id is among them is answered and not stored again. 0 stores all, as Iggy does.</summary>
    /// <remarks>It makes sends that are repeated after a lost answer safe. Messages without an id of their own are always stored.</remarks>
    /// <value>65,536.</value>
    public int DeduplicationWindow { get; init; } = 65_536;

    /// <summary>How often retention is applied and stored offsets are tidied.</summary>
    /// <value>One minute.</value>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stop waits for requests under way before it cuts connections.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
