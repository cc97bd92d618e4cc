namespace Chirps.Engine.State;

/// <summary>What holds of one key.</summary>
public enum StateKeyStatus : byte
{
    /// <summary>It has a value.</summary>
    Set = 0,

    /// <summary>Deleted: nobody sees it; the mark stays for the grace period, so that everybody hears of it.</summary>
    Deleted = 1,

    /// <summary>It keeps its value, visible to all, until the grace period is over.</summary>
    DeleteAfterTtl = 2,
}
