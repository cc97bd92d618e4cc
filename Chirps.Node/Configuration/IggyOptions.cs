namespace Chirps.Node;

/// <summary>Section <c>Chirps:Backends:Iggy</c>: where durable messages are stored.</summary>
public sealed class IggyOptions
{
    /// <summary>Its name in the routes.</summary>
    public const string BackendName = "iggy";

    /// <summary>The Iggy server: <c>iggy://user:password@host:8090</c> or <c>iggy+tls://…</c>, with <c>?password-file=…</c> or <c>?password-env=…</c> to keep the password elsewhere.</summary>
    /// <remarks>Without one, the node that was started without seeds hosts an embedded server for all: enough to begin with, and lost with its disk.</remarks>
    /// <value>Empty: an embedded server.</value>
    [Secret]
    public string Url { get; set; } = "";

    /// <summary>The protocol the server at <see cref="Url"/> speaks: <c>Auto</c>, <c>Classic</c> (0.7, 0.8) or <c>Vsr</c> (0.9). A dialect in the URL comes first.</summary>
    /// <value><c>Auto</c>: found out when connecting.</value>
    public IggyProtocol Dialect { get; set; }

    /// <summary>The Iggy stream that holds the channels of this cluster.</summary>
    /// <value>Empty: the cluster's name.</value>
    public string Stream { get; set; } = "";

    /// <summary>Partitions of a channel when it is made.</summary>
    /// <remarks>More partitions spread load and keep fewer messages in one order: only those with equal ordering keys.</remarks>
    /// <value>4; 1 to 1,000.</value>
    [Between(1, 1000)]
    public int Partitions { get; set; } = 4;

    /// <summary>Whether a node that was started without seeds hosts an embedded server when there is no <see cref="Url"/>.</summary>
    /// <remarks>Off in a program that sends nothing durable: it then keeps no port and no files for that.</remarks>
    /// <value><c>true</c>.</value>
    public bool Host { get; set; } = true;

    /// <summary>Embedded server: when a message counts as stored.</summary>
    /// <remarks><c>Interval</c> and <c>None</c> are faster and lose what was confirmed last when the machine loses power.</remarks>
    /// <value><c>Fsync</c>: once it is on stable storage.</value>
    public IggyDurability Durability { get; set; }

    /// <summary>Embedded server: where it keeps its data.</summary>
    /// <value>Empty: <c>iggy/&lt;node&gt;</c> in the node's data directory.</value>
    public string DataDirectory { get; set; } = "";

    /// <summary>Embedded server: its TCP port, on the address of the mesh; 0 takes a free one.</summary>
    /// <value>0.</value>
    [Between(0, 65535)]
    public int Port { get; set; }

    /// <summary>How long a Durable send may wait for the server's answer when the caller does not say.</summary>
    /// <value>5 seconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a node asks for new messages while there are none.</summary>
    /// <remarks>
    /// Iggy does not announce messages; nodes do it for those that they store, so that these are read at once. While a node has heard of none for a second it asks
    /// ten times less often: this, times ten, is how late a message may come that another program has stored.
    /// </remarks>
    /// <value>20 milliseconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Messages the outbox holds while the server cannot be reached; one more is rejected with <c>OutboxFull</c>.</summary>
    /// <value>100,000.</value>
    [Between(0, 10_000_000)]
    public int OutboxMessages { get; set; } = 100_000;

    /// <summary>Bytes the outbox holds; what does not fit is rejected with <c>OutboxFull</c>.</summary>
    /// <value>256 MiB.</value>
    [Between(0, int.MaxValue)]
    public int OutboxBytes { get; set; } = 256 * 1024 * 1024;
}

/// <summary>What an Iggy server speaks.</summary>
public enum IggyProtocol
{
    /// <summary>Found out when connecting.</summary>
    Auto,

    /// <summary>Iggy 0.7 and 0.8.</summary>
    Classic,

    /// <summary>Iggy 0.9.</summary>
    Vsr,
}

/// <summary>When the embedded server answers a send.</summary>
public enum IggyDurability
{
    /// <summary>Once the message is on stable storage.</summary>
    Fsync,

    /// <summary>Once the operating system has it; on stable storage within a second.</summary>
    Interval,

    /// <summary>Once the operating system has it.</summary>
    None,
}
