namespace Chirps.Iggy.Protocol.Records;

/// <summary>A label kept with a topic. No server compresses by it.</summary>
public enum CompressionKind : byte
{
    /// <summary>No compression.</summary>
    None = 1,

    /// <summary>Gzip.</summary>
    Gzip = 2,
}
