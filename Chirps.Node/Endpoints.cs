using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>Reads addresses out of configuration and resolves seeds.</summary>
internal static class Endpoints
{
    /// <summary>An IP address with a port, <c>127.0.0.1:42000</c> or <c>[::1]:42000</c>.</summary>
    public static bool TryParse(string text, out IPEndPoint endpoint)
        => IPEndPoint.TryParse(text, out endpoint!) && text.Contains(':', StringComparison.Ordinal) && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal);

    /// <summary>Whether <paramref name="seed"/> reads <c>host:port</c>.</summary>
    public static bool IsSeed(string seed) => TrySplit(seed, out _, out _);

    /// <summary>Whether the host of <paramref name="seed"/> is an address already.</summary>
    public static bool IsLiteral(string seed) => TrySplit(seed, out var host, out _) && IPAddress.TryParse(host, out _);

    /// <summary>All addresses of all seeds, those of one host in the order of its answer; and what is wrong with the seeds that have none.</summary>
    /// <exception cref="ArgumentException">A seed is not <c>host:port</c>.</exception>
    public static async Task<(IReadOnlyList<MemberAddress> Addresses, string? Problem)> ResolveAsync(IReadOnlyList<string> seeds, NameResolver resolver, CancellationToken cancellationToken)
    {
        var addresses = new List<MemberAddress>();
        var unknown = new List<string>();
        foreach (var seed in seeds)
        {
            if (!TrySplit(seed, out var host, out var port))
            {
                throw new ArgumentException($"'{seed}' is no seed: host:port is needed, the port from 1 to 65535.");
            }

            try
            {
                foreach (var address in await resolver(host, cancellationToken).ConfigureAwait(false))
                {
                    addresses.Add(MemberAddress.FromIPEndPoint(new IPEndPoint(address, port)));
                }
            }
            catch (SocketException exception)
            {
                unknown.Add($"{seed} ({exception.Message})");
            }
        }

        return ([.. addresses.Distinct()], unknown.Count == 0 ? null : $"No address is known for {string.Join(", ", unknown)}");
    }

    /// <summary>Whether an address leads to this process: its port, at the advertised address or one of this machine's.</summary>
    public static bool IsOwn(IPEndPoint remote, IPEndPoint listening, string advertised)
        => (TryParse(advertised, out var own) && own.Equals(remote))
            || (remote.Port == listening.Port && (IPAddress.IsLoopback(remote.Address) || remote.Address.Equals(listening.Address) || IsOfThisMachine(remote.Address)));

    private static bool IsOfThisMachine(IPAddress address)
        => NetworkInterface.GetAllNetworkInterfaces().Any(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)));

    private static bool TrySplit(string seed, out string host, out int port)
    {
        var colon = seed.LastIndexOf(':');
        host = colon > 0 ? seed[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(seed.AsSpan(colon + 1), out port) && port is > 0 and <= IPEndPoint.MaxPort;
    }
}
