using System.Text;

namespace Chirps.Silo.Http;

/// <summary>A request body that says itself what is wrong with it.</summary>
internal interface ICheckedRequest
{
    /// <summary>The problem, or <see langword="null"/>.</summary>
    string? Problem();
}

/// <summary>Body of <c>/api/send</c>.</summary>
/// <param name="Target">Node id of the receiver.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Profile">The profile.</param>
/// <param name="Text">The payload as text, or</param>
/// <param name="Base64">as bytes.</param>
/// <param name="DeadlineMilliseconds">How long to wait for certainty.</param>
/// <param name="NoWait">Fail at once instead of waiting.</param>
/// <param name="Lane">The lane of a Control message.</param>
/// <param name="MessageId">An id that makes a repeated send harmless.</param>
/// <param name="Count">How many times the message is sent.</param>
/// <param name="Concurrency">How many of them at a time.</param>
internal sealed record SendRequest(
    NodeId Target,
    string Topic = "",
    MessageProfile Profile = MessageProfile.Control,
    string? Text = null,
    string? Base64 = null,
    int? DeadlineMilliseconds = null,
    bool NoWait = false,
    int? Lane = null,
    Guid? MessageId = null,
    int Count = 1,
    int Concurrency = 64) : ICheckedRequest
{
    /// <summary>A number that is no profile: JSON may name one by its number.</summary>
    internal static readonly string NoProfile = $"profile: one of {string.Join(", ", Enum.GetNames<MessageProfile>())} is needed";

    private const int CountMax = 1_000_000;
    private const int ConcurrencyMax = 1024;

    public string? Problem()
    {
        if (Target.Value is null)
        {
            return "target: a node id is needed";
        }

        if (string.IsNullOrEmpty(Topic))
        {
            return "topic: 1 to 255 bytes are needed";
        }

        if (!Enum.IsDefined(Profile))
        {
            return NoProfile;
        }

        if (Text is not null && Base64 is not null)
        {
            return "text, base64: one of them";
        }

        if (Base64 is not null && !Convert.TryFromBase64String(Base64, new byte[Base64.Length], out _))
        {
            return "base64: is not";
        }

        if (Count is < 1 or > CountMax)
        {
            return $"count: 1 to {CountMax}";
        }

        if (MessageId is not null && Count > 1)
        {
            return "messageId, count: one id is for one message";
        }

        if (Lane is < 0 or > 15)
        {
            return "lane: 0 (urgent), 1 (bulk), 2 and up (data)";
        }

        if (DeadlineMilliseconds is < 1 or > 600_000)
        {
            return "deadlineMilliseconds: 1 to 600000";
        }

        return Concurrency is < 1 or > ConcurrencyMax ? $"concurrency: 1 to {ConcurrencyMax}" : null;
    }

    public byte[] Bytes() => Base64 is not null ? Convert.FromBase64String(Base64) : Encoding.UTF8.GetBytes(Text ?? "");

    public SendOptions Options() => new(DeadlineMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null, NoWait, Lane, MessageId);
}

/// <summary>Answer of <c>/api/send</c>: how often each outcome came, and the last receipt.</summary>
internal sealed record SendReply(IReadOnlyDictionary<string, int> Outcomes, SendReceipt? Receipt);

/// <summary>Body of <c>/api/broadcast</c>.</summary>
internal sealed record BroadcastRequest(string Topic = "", MessageProfile Profile = MessageProfile.Control, string Text = "") : ICheckedRequest
{
    public string? Problem() => !Enum.IsDefined(Profile) ? SendRequest.NoProfile : string.IsNullOrEmpty(Topic) ? "topic: 1 to 255 bytes are needed" : Text is null ? "text: a text is needed" : null;
}

/// <summary>Body of <c>/api/join</c>.</summary>
internal sealed record JoinRequest(IReadOnlyList<string> Seeds) : ICheckedRequest
{
    public string? Problem() => Seeds is not { Count: > 0 } || Seeds.Any(string.IsNullOrEmpty) ? "seeds: at least one host:port is needed" : null;
}

/// <summary>Body of <c>/api/state</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">Its value.</param>
/// <param name="TimeToLiveSeconds">After how long the node deletes it; never when absent.</param>
internal sealed record StateRequest(string Key = "", string Text = "", double? TimeToLiveSeconds = null) : ICheckedRequest
{
    private const double SecondsMax = 365 * 24 * 3600;

    public string? Problem()
        => string.IsNullOrEmpty(Key) ? "key: 1 to 255 bytes are needed"
            : Text is null ? "text: a text is needed"
            : TimeToLiveSeconds is not null and not (> 0 and <= SecondsMax) ? $"timeToLiveSeconds: more than 0, up to {SecondsMax}"
            : null;

    public TimeSpan? Lifetime() => TimeToLiveSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
