using System.Globalization;

namespace Chirps.Node.Toml;

/// <summary>
/// Which option a key of a TOML file means. Tables and keys are those of the options in small letters, <c>[limits] control_bytes</c> for
/// <c>Chirps:Limits:ControlBytes</c>; what belongs to a node's mesh may stand below <c>[mesh]</c>, and some keys have other names as well.
/// </summary>
/// <param name="options">All options there are.</param>
internal sealed class TomlKeys(IReadOnlyList<OptionEntry> options)
{
    private const string Log = "Logging:LogLevel";

    /// <summary>Other names: of the gossip tables, and of keys whose names are shorter here.</summary>
    private static readonly Dictionary<string, string> _names = new(StringComparer.Ordinal)
    {
        ["mesh.listen_addr"] = "Chirps:Mesh:ListenAddress",
        ["mesh.advertise_addr"] = "Chirps:Mesh:AdvertiseAddress",
        ["gossip.max_sends"] = "Chirps:Swim:GossipFanout",
        ["gossip.interval"] = "Chirps:Swim:GossipInterval",
        ["gossip.anti_entropy_interval"] = "Chirps:Swim:AntiEntropyInterval",
        ["network.max_inbound_rate"] = "Chirps:Udp:PacketsPerSecond",
        ["network.inbound_peer_capacity"] = "Chirps:Udp:PeerBurst",
        ["probes.timeout"] = "Chirps:Swim:RttTimeout",
        ["probes.indirect_k"] = "Chirps:Swim:IndirectProbes",
        ["probes.suspect_timeout"] = "Chirps:Swim:SuspicionMin",
        ["probes.suspect_multiplier"] = "Chirps:Swim:SuspicionMultiplier",
        ["logging.level"] = $"{Log}:Default",
    };

    /// <summary>Keys of the gossip tables that have no counterpart, and what to do instead.</summary>
    private static readonly Dictionary<string, string> _without = new(StringComparer.Ordinal)
    {
        ["gossip.fanout"] = "there is no such limit here: a message takes as many facts as fit into a datagram; take the line out (gossip.max_sends says to how many members)",
        ["gossip.adaptive_fanout"] = "it always grows with the cluster here; take the line out",
        ["network.cluster_key"] = "keys do not stand in the configuration; 'chirps keys new' makes a file, and udp.key_path names it",
        ["metrics.log_interval"] = "metrics are served on /metrics and not logged; take the line out",
    };

    private static readonly (string Suffix, string Unit)[] _units = [("_ms", "ms"), ("_seconds", "s"), ("_secs", "s"), ("_minutes", "m")];
    private static readonly string[] _belowMesh = ["tls", "backends", "routes", "swim", "udp", "state", "limits", "silo"];

    /// <summary>What a value sets.</summary>
    /// <param name="value">The value, with its path.</param>
    /// <param name="problem">Why it sets nothing; <see langword="null"/> when it needs no setting.</param>
    /// <returns>Key and value of the configuration; <see langword="null"/> when it sets nothing.</returns>
    public (string Key, string Value)? Find(TomlValue value, out string? problem)
    {
        problem = null;
        var path = value.Path.Select(name => name.ToLowerInvariant()).ToList();
        var dotted = string.Join('.', path);
        var (name, unit) = WithoutUnit(dotted, value);
        if (_without.TryGetValue(name, out var instead))
        {
            problem = instead;
            return null;
        }

        if (path[^1] == "type" && path.Count > 2 && path[^3] == "backends")
        {
            problem = value.Text == path[^2] ? null : $"the backend {path[^2]} is of type \"{path[^2]}\", not \"{value.Text}\"";
            return null;
        }

        if (path is ["logging", "levels", ..])
        {
            return ($"{Log}:{string.Join('.', value.Path.Skip(2))}", value.Text);
        }

        if (name == "metrics.server_port")
        {
            return ("Chirps:Silo:HttpAddress", $"127.0.0.1:{value.Text}");
        }

        var key = _names.TryGetValue(name, out var known) ? known : Match(path, dotted) ?? Match([.. name.Split('.')], name);
        if (key is null)
        {
            problem = Unknown(dotted);
            return null;
        }

        return (key, value.Text + unit);
    }

    /// <summary>The name of an option as it stands in a TOML file.</summary>
    public static string NameOf(string key)
    {
        var parts = key.Split(':').Skip(1).Select(Snake).ToList();
        return string.Join('.', parts);
    }

    /// <summary>The option whose key has these names: numbers stand for themselves, underlines and capitals do not count.</summary>
    private string? Match(List<string> path, string dotted)
    {
        if (path is ["chirps", ..])
        {
            path = path[1..];
        }

        if (path is ["mesh", var table, _, ..] && _belowMesh.Contains(table))
        {
            path = path[1..];
        }

        foreach (var option in options)
        {
            var names = option.Key.Split(':')[1..];
            var isElement = option.IsList && !option.Key.Contains(OptionCatalog.Number, StringComparison.Ordinal);
            var isSame = path.Count == names.Length || (isElement && path.Count == names.Length + 1);
            if (isSame && names.Zip(path).All(pair => pair.First == OptionCatalog.Number ? int.TryParse(pair.Second, out _) : Same(pair.First, pair.Second)))
            {
                var key = names.Select((one, index) => one == OptionCatalog.Number ? path[index] : one).Concat(isElement && path.Count > names.Length ? [path[^1]] : []);
                return $"{MeshOptions.Section}:{string.Join(':', key)}";
            }
        }

        return dotted.Length > 0 && options.Any(option => option.IsList && Same(string.Concat(option.Key.Split(':')[1..^1]), string.Concat(path))) ? $"{MeshOptions.Section}:{string.Join(':', path)}" : null;
    }

    private string Unknown(string dotted)
    {
        var known = options.Select(option => NameOf(option.Key)).Concat(_names.Keys).ToList();
        var hint = Similar.Nearest(dotted, known) ?? Similar.Nearest(dotted, known.Select(one => $"mesh.{one}"));
        var last = dotted.Split('.')[^1];
        var elsewhere = known.Where(one => one.EndsWith($".{last}", StringComparison.Ordinal)).Take(3).ToList();
        return "there is no such key" + (hint is not null ? $"; did you mean {hint}?" : elsewhere.Count > 0 ? $"; did you mean {string.Join(" or ", elsewhere)}?" : "; docs/configuration.md has all of them");
    }

    /// <summary><c>interval_ms = 200</c> is <c>interval = "200ms"</c>.</summary>
    private static (string Name, string Unit) WithoutUnit(string name, TomlValue value)
    {
        if (value.Kind is TomlKind.Integer or TomlKind.Float)
        {
            foreach (var (suffix, unit) in _units)
            {
                if (name.EndsWith(suffix, StringComparison.Ordinal))
                {
                    return (name[..^suffix.Length], unit);
                }
            }
        }

        return (name, "");
    }

    private static bool Same(string option, string name) => option.Equals(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static string Snake(string name)
        => string.Concat(name.Select((letter, index) => char.IsUpper(letter) ? (index > 0 ? "_" : "") + char.ToLower(letter, CultureInfo.InvariantCulture) : letter.ToString()));
}
