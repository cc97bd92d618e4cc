using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The options of a topic in the VSR dialect.</summary>
internal static class TopicOptions
{
    /// <summary>Most bytes of options.</summary>
    public const int BytesMax = 100_000;

    /// <summary>Key of the expiry.</summary>
    public static ReadOnlySpan<byte> ExpiryKey => "message_expiry"u8;

    /// <summary>Key of the largest size.</summary>
    public static ReadOnlySpan<byte> SizeKey => "max_topic_size"u8;

    /// <summary>Key of the compression.</summary>
    public static ReadOnlySpan<byte> CompressionKey => "compression_algorithm"u8;

    /// <summary>Reads well-formed options: those that are settings in both dialects, and the rest as it is.</summary>
    /// <returns><see langword="false"/> when an option has a value of a kind that is not understood, text in place of a number for instance.</returns>
    public static bool TryRead(ReadOnlySpan<byte> options, out TopicSettings settings)
    {
        settings = TopicSettings.Default;
        var others = new UserHeadersBuilder();
        foreach (var option in new UserHeaders(options))
        {
            var number = option.ValueKind == HeaderKind.Unsigned64;
            if (option.Key.SequenceEqual(ExpiryKey) && number)
            {
                settings = settings with { ExpiryMicroseconds = option.Unsigned64 };
            }
            else if (option.Key.SequenceEqual(SizeKey) && number)
            {
                settings = settings with { SizeBytesMax = option.Unsigned64 };
            }
            else if (option.Key.SequenceEqual(CompressionKey) && option.Value.SequenceEqual("gzip"u8))
            {
                settings = settings with { Compression = CompressionKind.Gzip };
            }
            else if (option.Key.SequenceEqual(ExpiryKey) || option.Key.SequenceEqual(SizeKey) || option.KeyKind != HeaderKind.Text)
            {
                return false;
            }
            else if (!option.Key.SequenceEqual(CompressionKey))
            {
                others.AddEncoded(option);
            }
        }

        settings = settings with { Options = others.ToArray() };
        return true;
    }
}
