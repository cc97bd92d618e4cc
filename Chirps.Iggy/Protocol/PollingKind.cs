namespace Chirps.Iggy.Protocol;

/// <summary>Where a poll begins.</summary>
public enum PollingKind : byte
{
    /// <summary>At an offset.</summary>
    Offset = 1,

    /// <summary>At the first message the broker stored at an instant or after it.</summary>
    Timestamp = 2,

    /// <summary>At the oldest message retained.</summary>
    First = 3,

    /// <summary>So that the newest messages are returned.</summary>
    Last = 4,

    /// <summary>After the offset stored for the consumer.</summary>
    Next = 5,
}
