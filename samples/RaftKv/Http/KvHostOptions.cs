using System.Net;
using Chirps.Engine.Membership;
using RaftKv.Core;

namespace RaftKv.Http;

/// <summary>Section <c>RaftKv</c>.</summary>
internal sealed class KvHostOptions
{
    /// <summary>Where HTTP is served: nobody is asked who he is, so on loopback only.</summary>
    public string Http { get; set; } = "127.0.0.1:0";

    /// <summary>Names of the nodes that vote in new groups, separated by commas; empty on a node that joins later.</summary>
    public string Voters { get; set; } = "";

    /// <summary>How many groups share the keys.</summary>
    public int Groups { get; set; } = 4;

    /// <summary>After how many bytes of applied entries a group stores a snapshot.</summary>
    public int SnapshotBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Entries kept before a snapshot.</summary>
    public int EntriesKept { get; set; } = 256;

    /// <summary>Whether the process ends with its standard input, and so with whoever started it.</summary>
    public bool EndWithInput { get; set; }

    /// <summary>The names in <see cref="Voters"/>.</summary>
    public IReadOnlyList<MemberId> VoterIds() => Voters.Length == 0 ? [] : [.. Voters.Split(',').Select(MemberId.Parse)];

    public static IEnumerable<(string Key, string Problem)> Problems(KvHostOptions options)
    {
        if (!IPEndPoint.TryParse(options.Http, out var http) || !IPAddress.IsLoopback(http.Address))
        {
            yield return ("RaftKv:Http", $"'{options.Http}' is no address of this machine only; 127.0.0.1:8099 or [::1]:8099 for example, with port 0 for any");
        }

        var voters = options.Voters.Length == 0 ? [] : options.Voters.Split(',');
        if (Array.Exists(voters, name => !MemberId.TryParse(name, out _)))
        {
            yield return ("RaftKv:Voters", $"'{options.Voters}' is no list of node names");
        }
        else if (voters.Length > Configuration.VotersMax || voters.Distinct(StringComparer.Ordinal).Count() < voters.Length)
        {
            yield return ("RaftKv:Voters", $"'{options.Voters}' has {voters.Length} names; {Configuration.VotersMax} at most are needed, each once");
        }

        if (options.Groups is < 1 or > 1000)
        {
            yield return ("RaftKv:Groups", $"{options.Groups} is out of range; 1 to 1000 is needed");
        }

        if (options.SnapshotBytes < 1)
        {
            yield return ("RaftKv:SnapshotBytes", $"{options.SnapshotBytes} is out of range; 1 or more is needed");
        }

        if (options.EntriesKept < 0)
        {
            yield return ("RaftKv:EntriesKept", $"{options.EntriesKept} is out of range; 0 or more is needed");
        }
    }
}
