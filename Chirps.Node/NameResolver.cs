using System.Net;

namespace Chirps.Node;

/// <summary>Asks for all addresses of a host, of either family.</summary>
/// <exception cref="System.Net.Sockets.SocketException">The host is not known, or nobody answers.</exception>
internal delegate Task<IPAddress[]> NameResolver(string host, CancellationToken cancellationToken);
