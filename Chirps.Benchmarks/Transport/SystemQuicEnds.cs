using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Security.Authentication;

namespace Chirps.Benchmarks.Transport;

/// <summary>System.Net.Quic with mutual TLS: server and client.</summary>
internal static class SystemQuicEnds
{
    private static readonly SslApplicationProtocol _protocol = new("chirps/1");

    public static bool IsSupported => QuicListener.IsSupported;

    /// <returns>The port; 0 when there is no System.Net.Quic here.</returns>
    public static async Task<int> ListenAsync(string directory)
    {
        if (!IsSupported)
        {
            return 0;
        }

        var options = new QuicServerConnectionOptions
        {
            DefaultCloseErrorCode = 0,
            DefaultStreamErrorCode = 0,
            ServerAuthenticationOptions = new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificates.LoadCertificate(directory, Certificates.Server),
                ClientCertificateRequired = true,
                ApplicationProtocols = [_protocol],
                CertificateChainPolicy = Certificates.Policy(directory),
            },
        };
        var listener = await QuicListener.ListenAsync(new QuicListenerOptions
        {
            ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            ListenBacklog = 512,
            ApplicationProtocols = [_protocol],
            ConnectionOptionsCallback = (_, _, _) => ValueTask.FromResult(options),
        });
        _ = Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    var connection = await listener.AcceptConnectionAsync();
                    _ = Task.Run(() => Serve(connection));
                }
                catch (Exception e) when (e is QuicException or AuthenticationException)
                {
                    // One failed handshake; the listener goes on.
                }
            }
        });
        return listener.LocalEndPoint.Port;
    }

    public static ValueTask<QuicConnection> ConnectAsync(string directory, int port) => QuicConnection.ConnectAsync(new QuicClientConnectionOptions
    {
        DefaultCloseErrorCode = 0,
        DefaultStreamErrorCode = 0,
        RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port),
        ClientAuthenticationOptions = new SslClientAuthenticationOptions
        {
            TargetHost = Certificates.Server,
            ClientCertificates = [Certificates.LoadCertificate(directory, Certificates.Client)],
            ApplicationProtocols = [_protocol],
            CertificateChainPolicy = Certificates.Policy(directory),
        },
    });

    /// <summary>Runs a case on a stream of its own.</summary>
    public static async Task<T> OnStream<T>(QuicConnection connection, Func<Stream, Task<T>> run)
    {
        await using var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional);
        var result = await run(stream);
        stream.CompleteWrites();
        return result;
    }

    private static async Task Serve(QuicConnection connection)
    {
        await using (connection)
        {
            try
            {
                while (true)
                {
                    var stream = await connection.AcceptInboundStreamAsync();
                    _ = Task.Run(async () =>
                    {
                        await using (stream)
                        {
                            await StreamCases.Serve(stream);
                        }
                    });
                }
            }
            catch (QuicException)
            {
            }
        }
    }
}
