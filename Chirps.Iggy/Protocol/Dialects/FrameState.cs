namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>What the bytes at hand say of the next frame.</summary>
internal enum FrameState
{
    /// <summary>Its header is not complete yet.</summary>
    Incomplete,

    /// <summary>Its header is read.</summary>
    Ready,

    /// <summary>It cannot be a frame, or its body is above the limit: the connection is of no more use.</summary>
    Malformed,
}
