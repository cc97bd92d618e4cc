namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>
/// One of the ways Iggy's servers have spoken: all that differs between them. A client and a server use the same object; it keeps
/// no state and serves any number of threads.
/// </summary>
internal interface IIggyDialect
{
    /// <summary>Which one.</summary>
    IggyDialect Kind { get; }

    /// <summary>Frames.</summary>
    IFrameCodec Frames { get; }

    /// <summary>Payloads.</summary>
    IBodyCodec Bodies { get; }

    /// <summary>Messages.</summary>
    IMessageCodec Messages { get; }
}
