using System.Collections.Concurrent;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>What the connections of a server share.</summary>
internal sealed class ServerContext
{
    public ServerContext(EmbeddedIggyOptions options, Storage storage, TimeProvider time)
    {
        Options = options;
        Storage = storage;
        Accounts = new Accounts(options, storage);
        Budget = new ByteBudget(options.MemoryBytesMax);
        StartMicroseconds = storage.Now();
        Time = time;
        Handler = new CommandHandler(this);
    }

    public EmbeddedIggyOptions Options { get; }

    public Storage Storage { get; }

    public Accounts Accounts { get; }

    public ByteBudget Budget { get; }

    public TimeProvider Time { get; }

    public ulong StartMicroseconds { get; }

    public CommandHandler Handler { get; }

    /// <summary>The connections by the client's number.</summary>
    public ConcurrentDictionary<uint, ClientSession> Clients { get; } = new();
}
