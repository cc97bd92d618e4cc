using System.Text;
using Chirps.Iggy.Durable;

namespace Chirps.Silo.Http;

/// <summary>Body of <c>/api/publish</c>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Text">The payload as text, or</param>
/// <param name="Base64">as bytes.</param>
/// <param name="Key">What it is ordered by.</param>
/// <param name="Topic">The topic; the channel when absent.</param>
/// <param name="Count">How many times the message is published.</param>
/// <param name="Concurrency">How many of them at a time.</param>
/// <param name="MessageId">An id that makes a repeated publish harmless.</param>
/// <param name="DeadlineMilliseconds">How long to wait for certainty.</param>
internal sealed record PublishRequest(
    string Channel = "",
    string? Text = null,
    string? Base64 = null,
    string? Key = null,
    string? Topic = null,
    int Count = 1,
    int Concurrency = 64,
    Guid? MessageId = null,
    int? DeadlineMilliseconds = null) : ICheckedRequest
{
    private const int CountMax = 1_000_000;
    private const int ConcurrencyMax = 1024;

    public string? Problem()
        => string.IsNullOrEmpty(Channel) ? "channel: 1 to 255 bytes are needed"
            : Text is not null && Base64 is not null ? "text, base64: one of them"
            : Base64 is not null && !Convert.TryFromBase64String(Base64, new byte[Base64.Length], out _) ? "base64: is not"
            : Count is < 1 or > CountMax ? $"count: 1 to {CountMax}"
            : MessageId is not null && Count > 1 ? "messageId, count: one id is for one message"
            : DeadlineMilliseconds is < 1 or > 600_000 ? "deadlineMilliseconds: 1 to 600000"
            : Concurrency is < 1 or > ConcurrencyMax ? $"concurrency: 1 to {ConcurrencyMax}"
            : null;

    public byte[] Bytes() => Base64 is not null ? Convert.FromBase64String(Base64) : Encoding.UTF8.GetBytes(Text ?? "");

    public PublishSettings Settings() => new(Key, Topic, MessageId, DeadlineMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null);
}

/// <summary>Answer of <c>/api/publish</c>: how often each outcome came, and the last receipt.</summary>
internal sealed record PublishReply(IReadOnlyDictionary<string, int> Outcomes, ChannelReceipt? Receipt);
