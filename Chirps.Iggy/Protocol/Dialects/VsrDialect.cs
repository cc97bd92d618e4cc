namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The VSR dialect: servers 0.9, protocol 0.11.0 as of August 2026.</summary>
internal sealed class VsrDialect : IIggyDialect
{
    /// <summary>The protocol version this dialect was written for: 0.11.0.</summary>
    public const uint ProtocolVersion = 11 << 10;

    private VsrDialect()
    {
    }

    /// <summary>The one object.</summary>
    public static VsrDialect Instance { get; } = new();

    /// <inheritdoc/>
    public IggyDialect Kind => IggyDialect.Vsr;

    /// <inheritdoc/>
    public IFrameCodec Frames { get; } = new VsrFrames();

    /// <inheritdoc/>
    public IBodyCodec Bodies { get; } = new VsrBodies();

    /// <inheritdoc/>
    public IMessageCodec Messages { get; } = new VsrMessages();
}
