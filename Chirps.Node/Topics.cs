using System.Text;
using Chirps.Engine.Messaging;
using Chirps.Node.Raft;

namespace Chirps.Node;

/// <summary>The rule for topics: 1 to 255 bytes of UTF-8.</summary>
internal static class Topics
{
    /// <summary>A node tells others that it stored a Durable message for them.</summary>
    public const string Stored = "chirps.stored";

    /// <summary>Whether messages of a topic are between nodes, and nobody's who wants all topics: he would be buried under them.</summary>
    public static bool IsInternal(string topic) => topic == Stored || RaftTransport.IsTopic(topic);

    public static void Check(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        Encode(topic, stackalloc byte[FrameCodec.TopicBytesMax]);
    }

    /// <exception cref="ArgumentException">The topic breaks the rule.</exception>
    public static ReadOnlySpan<byte> Encode(string topic, Span<byte> buffer)
    {
        if (string.IsNullOrEmpty(topic) || !Encoding.UTF8.TryGetBytes(topic, buffer, out var bytes))
        {
            throw new ArgumentException($"A topic has 1 to {FrameCodec.TopicBytesMax} bytes of UTF-8.", nameof(topic));
        }

        return buffer[..bytes];
    }
}
