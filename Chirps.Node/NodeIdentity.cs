using System.Globalization;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>
/// What a node keeps over restarts, in its data directory: the last generation, so that each start has a higher one even
/// when the clock was set back.
/// </summary>
internal static class NodeIdentity
{
    /// <summary>The generation of this start: the time in Unix milliseconds, or one more than the last.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static Generation NextGeneration(string directory, MemberId node, DateTimeOffset now)
    {
        var path = Path.Combine(directory, $"generation-{node}");
        var last = File.Exists(path) && ulong.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : 0;
        var next = Math.Max((ulong)Math.Max(0, now.ToUnixTimeMilliseconds()), last + 1);
        PrivateFile.Write(path, next.ToString(CultureInfo.InvariantCulture));
        return new Generation(next);
    }
}
