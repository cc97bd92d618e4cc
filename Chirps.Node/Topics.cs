using System.Text;
using Chirps.Engine.Messaging;

namespace Chirps.Node;

/// <summary>The rule for topics: 1 to 255 bytes of UTF-8.</summary>
internal static class Topics
{
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
