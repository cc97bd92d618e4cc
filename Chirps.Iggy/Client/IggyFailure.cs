namespace Chirps.Iggy.Client;

/// <summary>Why a call to a server did not succeed.</summary>
public enum IggyFailure
{
    /// <summary>The server answered with an error. It did nothing, unless the error is <see cref="Protocol.IggyStatus.TransientNotCommitted"/>.</summary>
    Refused,

    /// <summary>There was no connection within the deadline. Nothing was sent.</summary>
    NotConnected,

    /// <summary>The connection was lost before the answer.</summary>
    ConnectionLost,

    /// <summary>The deadline passed before the answer.</summary>
    DeadlinePassed,

    /// <summary>The server's answer was not understood.</summary>
    Malformed,
}
