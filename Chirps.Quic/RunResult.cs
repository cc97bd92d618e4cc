namespace Chirps.Quic;

/// <summary>How a turn of a connection ended.</summary>
internal enum RunResult
{
    /// <summary>Nothing is left to do now.</summary>
    Idle,

    /// <summary>The endpoint's thread must go on: a quantum is used up, or a callback is due.</summary>
    HandOver,
}
