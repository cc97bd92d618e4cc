using System.Net;
using System.Numerics;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>What must hold between options, beyond each being readable.</summary>
internal static class MeshOptionsValidator
{
    private static readonly string[] _backends = [QuicBackend.BackendName, IggyOptions.BackendName];

    public static IEnumerable<(string Key, string Problem)> Problems(MeshOptions options)
        => [.. Mesh(options), .. Tls(options), .. Quic(options.Backends.Quic), .. Iggy(options.Backends.Iggy), .. Routes(options.Routes), .. Limits(options.Limits), .. Udp(options), .. Swim(options), .. State(options.State), .. options.Raft.Problems()];

    private static IEnumerable<(string, string)> Mesh(MeshOptions options)
    {
        var mesh = options.Mesh;
        if (!MemberId.TryParse(mesh.Cluster, out _))
        {
            yield return ("Chirps:Mesh:Cluster", $"'{mesh.Cluster}' is no name: {NameRule}");
        }

        if (mesh.NodeId.Length > 0 && !MemberId.TryParse(mesh.NodeId, out _))
        {
            yield return ("Chirps:Mesh:NodeId", $"'{mesh.NodeId}' is no name: {NameRule}");
        }

        if (!Endpoints.TryParse(mesh.ListenAddress, out var listen))
        {
            yield return ("Chirps:Mesh:ListenAddress", $"'{mesh.ListenAddress}' is no address; ip:port is needed, 127.0.0.1:42000 or [::1]:42000 for example");
            yield break;
        }

        var wildcard = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any);
        if (mesh.AdvertiseAddress.Length > 0 ? !Endpoints.TryParse(mesh.AdvertiseAddress, out _) : wildcard)
        {
            yield return ("Chirps:Mesh:AdvertiseAddress", $"'{mesh.AdvertiseAddress}' is no address; ip:port is needed under which the others reach this node, because it listens on {mesh.ListenAddress}");
        }

        if (options.Tls.IsEmpty && !IPAddress.IsLoopback(listen.Address))
        {
            yield return ("Chirps:Tls:CertPath", $"is needed, with KeyPath and CaPath, because {mesh.ListenAddress} is reached from other machines");
        }

        if (mesh.DataDirectory.Length == 0)
        {
            yield return ("Chirps:Mesh:DataDirectory", "a directory is needed");
        }

        foreach (var seed in mesh.Seeds.Nodes.Where(seed => !Endpoints.IsSeed(seed)))
        {
            yield return ("Chirps:Mesh:Seeds:Nodes", $"'{seed}' is no seed; host:port is needed");
        }
    }

    private static string NameRule => "1 to 63 characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit";

    private static IEnumerable<(string, string)> Tls(MeshOptions options)
    {
        var tls = options.Tls;
        if (tls.IsEmpty)
        {
            yield break;
        }

        foreach (var (name, path) in new[] { ("CertPath", tls.CertPath), ("KeyPath", tls.KeyPath), ("CaPath", tls.CaPath) })
        {
            if (path.Length == 0)
            {
                yield return ($"Chirps:Tls:{name}", "is needed as well: CertPath, KeyPath and CaPath go together");
            }
        }
    }

    private static IEnumerable<(string, string)> Quic(QuicOptions quic)
    {
        if (quic.KeepAlive >= quic.IdleTimeout)
        {
            yield return ("Chirps:Backends:Quic:KeepAlive", $"{quic.KeepAlive} must be shorter than IdleTimeout, {quic.IdleTimeout}");
        }

        if (quic.ReconnectMax < quic.ReconnectFirst)
        {
            yield return ("Chirps:Backends:Quic:ReconnectMax", $"{quic.ReconnectMax} must not be shorter than ReconnectFirst, {quic.ReconnectFirst}");
        }
    }

    private static IEnumerable<(string, string)> Iggy(IggyOptions iggy)
    {
        if (iggy.Url.Length > 0 && !(Uri.TryCreate(iggy.Url, UriKind.Absolute, out var url) && url.Scheme is "iggy" or "iggy+tls"))
        {
            yield return ("Chirps:Backends:Iggy:Url", "is no address of an Iggy server: iggy://user:password@host:8090 or iggy+tls://… is needed");
        }

        if (Encoding.UTF8.GetByteCount(iggy.Stream) > 255)
        {
            yield return ("Chirps:Backends:Iggy:Stream", "has more than 255 bytes");
        }
    }

    private static IEnumerable<(string, string)> Routes(IList<RouteOptions> routes)
    {
        foreach (var route in routes)
        {
            if (!_backends.Contains(route.Backend))
            {
                yield return ("Chirps:Routes", $"there is no backend '{route.Backend}' for {route.Profile}; there is {string.Join(", ", _backends)}");
            }
            else if (route.Profile == Profile.Durable && route.Backend != IggyOptions.BackendName)
            {
                yield return ("Chirps:Routes", $"backend '{route.Backend}' does not persist and cannot serve {route.Profile}");
            }
        }

        foreach (var route in routes.Where(route => route.Backend == IggyOptions.BackendName && route.Profile != Profile.Durable))
        {
            yield return ("Chirps:Routes", $"backend '{route.Backend}' stores messages and cannot serve {route.Profile}");
        }

        foreach (var twice in routes.GroupBy(route => route.Profile).Where(group => group.Count() > 1))
        {
            yield return ("Chirps:Routes", $"{twice.Key} has more than one route");
        }
    }

    private static IEnumerable<(string, string)> Limits(LimitOptions limits)
    {
        if (!BitOperations.IsPow2(limits.ControlWindow))
        {
            yield return ("Chirps:Limits:ControlWindow", $"{limits.ControlWindow} is no power of two");
        }
    }

    private static IEnumerable<(string, string)> Udp(MeshOptions options)
    {
        var udp = options.Udp;
        if (options.Swim.Carrier != MembershipCarrier.Udp || !Endpoints.TryParse(options.Mesh.ListenAddress, out var listen))
        {
            yield break;
        }

        if (udp.KeyPath.Length == 0 && !IPAddress.IsLoopback(listen.Address))
        {
            yield return ("Chirps:Udp:KeyPath", $"is needed, because membership over UDP on {options.Mesh.ListenAddress} is reached from other machines; 'chirps keys new' makes a file");
        }

        if (udp.QuicPort != 0 && udp.QuicPort == listen.Port)
        {
            yield return ("Chirps:Udp:QuicPort", $"{udp.QuicPort} is the port of membership itself");
        }
    }

    private static IEnumerable<(string, string)> Swim(MeshOptions options)
        => options.SwimSettings.Validate().Where(problem => problem.Key != nameof(SwimSettings.DatagramBytesMax)).Select(problem => (problem.Key.StartsWith("State.", StringComparison.Ordinal) ? $"Chirps:{problem.Key.Replace('.', ':')}" : $"Chirps:Swim:{problem.Key}", problem.Message));

    private static IEnumerable<(string, string)> State(StateOptions state)
    {
        foreach (var pair in state.Initial)
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            if (split < 1)
            {
                yield return ("Chirps:State:Initial", $"'{pair}' is not key=value");
            }
            else if (pair[..split] is MeshNode.QuicAddressKey or MeshNode.IggyAddressKey)
            {
                yield return ("Chirps:State:Initial", $"'{pair[..split]}' is a key of the node's own");
            }
            else if (Encoding.UTF8.GetByteCount(pair.AsSpan(0, split)) > StateSettings.KeyBytesMax || Encoding.UTF8.GetByteCount(pair.AsSpan(split + 1)) > state.ValueBytesMax)
            {
                yield return ("Chirps:State:Initial", $"'{pair[..split]}' is too long: a key takes {StateSettings.KeyBytesMax} bytes, a value {state.ValueBytesMax}");
            }
        }
    }
}
