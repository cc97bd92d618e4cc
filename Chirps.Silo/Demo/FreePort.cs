using System.Net;
using System.Net.Sockets;

namespace Chirps.Silo.Demo;

/// <summary>TCP ports on loopback that were free a moment ago, each given out once.</summary>
internal static class FreePort
{
    private static readonly HashSet<int> _taken = [];

    public static int Take()
    {
        lock (_taken)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (_taken.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
