using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Client;

/// <summary>A call to an Iggy server did not succeed.</summary>
public sealed class IggyException : Exception
{
    internal IggyException(IggyFailure failure, IggyStatus status, bool mayHaveTakenEffect, string message, Exception? cause = null)
        : base(message, cause)
    {
        Failure = failure;
        Status = status;
        MayHaveTakenEffect = mayHaveTakenEffect;
    }

    /// <summary>Why.</summary>
    public IggyFailure Failure { get; }

    /// <summary>The server's error. Without an answer: <see cref="IggyStatus.ConnectionClosed"/>, or <see cref="IggyStatus.Ok"/> when the deadline passed.</summary>
    public IggyStatus Status { get; }

    /// <summary>The number of <see cref="Status"/>.</summary>
    public uint Code => (uint)Status;

    /// <summary>The name of <see cref="Status"/>, or its number when it has no name here.</summary>
    public string Name => Status.ToString();

    /// <summary>
    /// Whether the outcome is unknown: the request was handed to the connection and no answer came. <see langword="false"/> means
    /// that the server certainly did nothing, and the call may be made again.
    /// </summary>
    public bool MayHaveTakenEffect { get; }

    internal static IggyException Refused(IggyCommand command, IggyStatus status)
        => new(IggyFailure.Refused, status, status == IggyStatus.TransientNotCommitted, $"The server refused {command}: {status} ({(uint)status}).");

    internal static IggyException Malformed(IggyCommand command, IggyStatus status = IggyStatus.InvalidFormat)
        => new(IggyFailure.Malformed, status, mayHaveTakenEffect: true, $"The server's answer to {command} was not understood: {status} ({(uint)status}).");

    internal static IggyException NotConnected(string why, Exception? cause = null)
        => new(IggyFailure.NotConnected, IggyStatus.ConnectionClosed, mayHaveTakenEffect: false, why, cause);

    internal static IggyException Lost(IggyCommand command, bool written, Exception? cause)
        => new(
            IggyFailure.ConnectionLost,
            IggyStatus.ConnectionClosed,
            written,
            written ? $"The connection was lost before the answer to {command}: its outcome is unknown." : $"The connection was lost before {command} was sent.",
            cause);

    internal static IggyException Late(IggyCommand command, bool written)
        => new(
            IggyFailure.DeadlinePassed,
            IggyStatus.Ok,
            written,
            written ? $"No answer to {command} came in time: its outcome is unknown." : $"{command} was not sent in time.");
}
