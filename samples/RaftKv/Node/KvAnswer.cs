using Chirps.Engine.Membership;
using RaftKv.Kv;

namespace RaftKv.Node;

/// <summary>What a node says to a client.</summary>
internal enum KvAnswerKind : byte
{
    /// <summary>The command was applied; it is decided for ever. <see cref="KvAnswer.Result"/> says what it did.</summary>
    Applied,

    /// <summary>The value at some moment between question and answer.</summary>
    Value,

    /// <summary>Another leads, or nobody does: nothing happened.</summary>
    NotLeader,

    /// <summary>Too much is under way: nothing happened.</summary>
    Busy,

    /// <summary>The command does not fit into a message: nothing happened, and never will.</summary>
    TooLarge,

    /// <summary>Who votes cannot be changed like that: nothing happened.</summary>
    Refused,

    /// <summary>The leader changed meanwhile: it may happen, or have happened, or not. Send it again with the same number.</summary>
    Unknown,
}

/// <summary>The answer to a client.</summary>
internal readonly record struct KvAnswer(KvAnswerKind Kind, KvResult Result = default, ReadOnlyMemory<byte> Value = default, MemberId Leader = default);
