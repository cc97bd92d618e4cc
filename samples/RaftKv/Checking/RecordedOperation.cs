namespace RaftKv.Checking;

/// <summary>What a client asked of one key.</summary>
internal enum RecordedKind : byte
{
    /// <summary>Returned <see cref="RecordedOperation.Output"/>.</summary>
    Read,

    /// <summary>Put <see cref="RecordedOperation.Input"/>; the empty text deletes.</summary>
    Write,

    /// <summary>Put <see cref="RecordedOperation.Input"/> if <see cref="RecordedOperation.Expected"/> was there; <see cref="RecordedOperation.Output"/> is "done", or "unequal".</summary>
    Swap,
}

/// <summary>One call of a client, from before it was sent until after it was answered.</summary>
/// <param name="Key">The key.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Input">The new value.</param>
/// <param name="Expected">What a swap expected.</param>
/// <param name="Output">What was answered; <see langword="null"/> when nothing was: it may have happened, at any time since, or not.</param>
/// <param name="Invoked">When it was sent, on a clock that all clients share.</param>
/// <param name="Returned">When it was answered.</param>
internal sealed record RecordedOperation(string Key, RecordedKind Kind, string Input, string Expected, string? Output, long Invoked, long Returned);
