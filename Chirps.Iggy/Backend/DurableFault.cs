namespace Chirps.Iggy.Backend;

/// <summary>Why a stored message is none of Chirps'.</summary>
public enum DurableFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A header that every message has is missing: another program wrote it.</summary>
    Foreign,

    /// <summary>A header has a value that cannot be.</summary>
    Malformed,
}
