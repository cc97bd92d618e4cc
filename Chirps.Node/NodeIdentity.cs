using System.Globalization;
using System.Security.Cryptography;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>
/// What a node keeps over restarts, in its data directory: a made-up name, where the operator gave none, and the
/// last generation, so that each start has a higher one even when the clock was set back.
/// </summary>
internal static class NodeIdentity
{
    /// <summary>The kept name; made once, when there is none.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static MemberId MadeUpName(string directory)
    {
        var path = Path.Combine(directory, "node-id");
        if (File.Exists(path) && MemberId.TryParse(File.ReadAllText(path).Trim(), out var kept))
        {
            return kept;
        }

        var name = "node-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        PrivateFile.Write(path, name);
        return MemberId.Parse(name);
    }

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
