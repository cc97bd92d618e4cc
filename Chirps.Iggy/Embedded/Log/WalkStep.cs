namespace Chirps.Iggy.Embedded.Log;

/// <summary>What a <see cref="FrameWalker"/> came to.</summary>
internal enum WalkStep
{
    /// <summary>A frame, its header intact and its offset the expected one.</summary>
    Frame,

    /// <summary>Bytes that are not the expected frame. The next step goes on behind them.</summary>
    Damage,

    /// <summary>The end.</summary>
    End,
}
