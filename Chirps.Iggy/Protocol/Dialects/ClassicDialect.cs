namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The classic dialect: servers 0.7 and 0.8.</summary>
internal sealed class ClassicDialect : IIggyDialect
{
    private ClassicDialect()
    {
    }

    /// <summary>The one object.</summary>
    public static ClassicDialect Instance { get; } = new();

    /// <inheritdoc/>
    public IggyDialect Kind => IggyDialect.Classic;

    /// <inheritdoc/>
    public IFrameCodec Frames { get; } = new ClassicFrames();

    /// <inheritdoc/>
    public IBodyCodec Bodies { get; } = new ClassicBodies();

    /// <inheritdoc/>
    public IMessageCodec Messages { get; } = new ClassicMessages();
}
