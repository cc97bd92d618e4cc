using System.Text;
using System.Text.Unicode;
using Chirps.Silo.Http;

namespace Chirps.Silo.Page;

/// <summary>What the page shows of the selected member.</summary>
/// <param name="Member">The member.</param>
/// <param name="History">Its last changes, oldest first.</param>
/// <param name="Evidence">What speaks for and against it.</param>
/// <param name="Link">The connection to it; <see langword="null"/> when there never was one, and for this node.</param>
/// <param name="Keys">Its key-values, at most <see cref="KeysMax"/>.</param>
/// <param name="KeysLeftOff">How many more there are.</param>
internal sealed record PageMemberDetail(
    MemberInfo Member,
    IReadOnlyList<EventReply> History,
    MemberEvidence? Evidence,
    LinkStatistics? Link,
    IReadOnlyList<PageKeyValue> Keys,
    int KeysLeftOff)
{
    /// <summary>As many key-values are shown; <c>/membership/{id}</c> has all.</summary>
    public const int KeysMax = 200;
}

/// <summary>One key-value, for reading.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">The beginning of its value, when that is text.</param>
/// <param name="Bytes">The length of the value.</param>
/// <param name="IsCut">Whether there is more text.</param>
/// <param name="Version">Its version.</param>
internal sealed record PageKeyValue(string Key, string? Text, int Bytes, bool IsCut, ulong Version)
{
    private const int TextMax = 4096;

    public static PageKeyValue Of(StateItem item)
    {
        var text = Utf8.IsValid(item.Value.Span) ? Encoding.UTF8.GetString(item.Value.Span) : null;
        if (text is not { Length: > TextMax })
        {
            return new PageKeyValue(item.Key, text, item.Value.Length, IsCut: false, item.Version);
        }

        var length = char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax;
        return new PageKeyValue(item.Key, text[..length], item.Value.Length, IsCut: true, item.Version);
    }
}
