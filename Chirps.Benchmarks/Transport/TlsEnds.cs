using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Chirps.Benchmarks.Transport;

/// <summary>Mutual TLS 1.3 over TCP: server and client.</summary>
internal static class TlsEnds
{
    /// <returns>The port.</returns>
    public static int Listen(string directory)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificates.LoadCertificate(directory, Certificates.Server),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = Certificates.Policy(directory),
        };
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => Serve(client, options));
            }
        });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static SslClientAuthenticationOptions ClientOptions(string directory) => new()
    {
        TargetHost = Certificates.Server,
        ClientCertificates = [Certificates.LoadCertificate(directory, Certificates.Client)],
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        CertificateChainPolicy = Certificates.Policy(directory),
    };

    public static async Task<SslStream> ConnectAsync(int port, SslClientAuthenticationOptions options)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(options);
        return stream;
    }

    private static async Task Serve(TcpClient client, SslServerAuthenticationOptions options)
    {
        client.NoDelay = true;
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(options);
        await StreamCases.Serve(stream);
    }
}
