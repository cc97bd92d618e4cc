namespace Chirps.Iggy.Durable;

/// <summary>Something asked of a channel could not be done; nothing was changed.</summary>
public sealed class ChannelException : Exception
{
    internal ChannelException(ChannelFault fault, string message, Exception? cause = null)
        : base(message, cause) => Fault = fault;

    /// <summary>Why.</summary>
    public ChannelFault Fault { get; }
}
