namespace RaftKv.Kv;

/// <summary>What a command did.</summary>
internal enum KvResult : byte
{
    Done = 1,

    /// <summary>A swap met another value.</summary>
    Unequal,

    /// <summary>The client has sent a later command since: nobody waits for this one any more.</summary>
    Stale,

    /// <summary>The bytes were no command.</summary>
    Malformed,
}
