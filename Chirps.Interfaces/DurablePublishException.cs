namespace Chirps;

/// <summary>Messages that were given to a durable stream were not all stored, or it is not known.</summary>
[GenerateSerializer, Alias("Chirps.DurablePublishException")]
public sealed class DurablePublishException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Why.</param>
    /// <param name="mayHaveBeenStored">Whether some or all may be stored.</param>
    public DurablePublishException(string message, bool mayHaveBeenStored)
        : base(message) => MayHaveBeenStored = mayHaveBeenStored;

    /// <summary>
    /// Whether some or all may be stored; otherwise certainly none is. They can be given again either way: the embedded server stores a message
    /// that has a <see cref="DurableEntry.MessageId"/> once.
    /// </summary>
    [Id(0)]
    public bool MayHaveBeenStored { get; private set; }
}
