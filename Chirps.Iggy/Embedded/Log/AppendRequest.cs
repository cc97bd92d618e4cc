namespace Chirps.Iggy.Embedded.Log;

/// <summary>Messages on their way into the log.</summary>
/// <param name="messages">The messages back to back.</param>
/// <param name="count">How many.</param>
internal sealed class AppendRequest(Memory<byte> messages, int count)
{
    /// <summary>The messages back to back. Stamped in place, and moved together when some are left out.</summary>
    public Memory<byte> Messages { get; set; } = messages;

    public int Count { get; set; } = count;

    /// <summary>Size when it was handed in.</summary>
    public int Bytes { get; } = messages.Length;

    public AppendResult Result { get; set; }

    /// <summary>Whether the thread that hands it in carries it out, so that nobody waits for it yet.</summary>
    public bool RunsHere { get; set; }

    /// <summary>Its end. Who waits goes on on the thread that ends it, which must not be one that writes.</summary>
    public TaskCompletionSource<AppendResult> Completion { get; } = new();
}
