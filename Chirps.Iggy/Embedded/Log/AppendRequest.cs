namespace Chirps.Iggy.Embedded.Log;

/// <summary>Messages on their way into the log.</summary>
internal sealed class AppendRequest(Memory<byte> messages, int count)
{
    /// <summary>The messages back to back. Stamped in place, and moved together when some are left out.</summary>
    public Memory<byte> Messages { get; set; } = messages;

    public int Count { get; set; } = count;

    /// <summary>Size when it was handed in.</summary>
    public int Bytes { get; } = messages.Length;

    public AppendResult Result { get; set; }

    public TaskCompletionSource<AppendResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
