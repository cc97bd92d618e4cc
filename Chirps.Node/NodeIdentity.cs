using System.Globalization;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>
/// What a node keeps over restarts, in its data directory: the last generation, so that each start has a higher one even
/// when the clock was set back, and the last incarnation.
/// </summary>
internal static class NodeIdentity
{
    /// <summary>The generation of this start, which is the time in Unix milliseconds or one more than the last, and the last incarnation.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static (Generation Generation, Incarnation Incarnation) Next(string directory, MemberId node, DateTimeOffset now)
    {
        var (last, incarnation) = Read(directory, node);
        var next = new Generation(Math.Max((ulong)Math.Max(0, now.ToUnixTimeMilliseconds()), last + 1));
        Keep(directory, node, next, incarnation);
        return (next, incarnation);
    }

    /// <summary>Keeps what this process calls itself now.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void Keep(string directory, MemberId node, Generation generation, Incarnation incarnation)
        => PrivateFile.Write(PathOf(directory, node), string.Create(CultureInfo.InvariantCulture, $"{generation.Value} {incarnation.Value}"));

    private static (ulong Generation, Incarnation Incarnation) Read(string directory, MemberId node)
    {
        var path = PathOf(directory, node);
        string[] kept = File.Exists(path) ? File.ReadAllText(path).Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries) : [];
        return (
            kept.Length > 0 && ulong.TryParse(kept[0], NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0,
            kept.Length > 1 && uint.TryParse(kept[1], NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation) ? new Incarnation(incarnation) : default);
    }

    private static string PathOf(string directory, MemberId node) => Path.Combine(directory, $"generation-{node}");
}
