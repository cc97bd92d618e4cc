using System.Net;
using System.Net.Security;
using Chirps.Node;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Chirps.Silo.Http;

/// <summary>The protection of the HTTP surface, put together: where it listens, with what certificate, and what a request passes before it is served.</summary>
internal static partial class HttpSurface
{
    /// <summary>Listens, with the limits and the certificate of the options.</summary>
    public static void AddHttpSurface(this WebApplicationBuilder builder, HttpOptions options, SiloOptions silo, TlsOptions mesh)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<HttpToken>(services, TimeProvider.System));
        builder.Services.AddRequestLimits(options);
        if (options.HasTls)
        {
            builder.Services.AddSingleton(services => Certificate(options, mesh, services.GetRequiredService<ILogger<HttpsCertificate>>()));
        }

        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            options.Apply(kestrel.Limits);
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPEndPoint.Parse(silo.HttpAddress), listen =>
            {
                if (options.HasTls)
                {
                    var certificate = kestrel.ApplicationServices.GetRequiredService<HttpsCertificate>();
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = options.HeadersTimeout,
                        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current() }),
                    });
                }
            });
        });
    }

    /// <summary>What every request passes, in this order; then the sign-in form.</summary>
    /// <exception cref="MeshConfigurationException">A file of the token or of the certificate does not do.</exception>
    public static void UseHttpSurface(this WebApplication app, SiloOptions silo)
    {
        var options = app.Services.GetRequiredService<HttpOptions>();
        var token = app.Services.GetRequiredService<HttpToken>();
        if (options.HasTls)
        {
            app.Services.GetRequiredService<HttpsCertificate>();
        }
        else if (IPEndPoint.TryParse(silo.HttpAddress, out var address) && !IPAddress.IsLoopback(address.Address))
        {
            LogPlain(app.Logger, silo.HttpAddress);
        }

        app.UseSameSiteOnly(options, silo.HttpAddress);
        app.UseRateLimiter();
        app.UseAccess(token);
        app.MapSignIn(token);
    }

    private static HttpsCertificate Certificate(HttpOptions options, TlsOptions mesh, ILogger logger)
    {
        if (!options.UseMeshCertificate)
        {
            return new HttpsCertificate("Chirps:Http:CertPath", options.CertPath, options.KeyPath, TimeProvider.System, logger);
        }

        return mesh.CertPath.Length == 0
            ? throw new MeshConfigurationException("Chirps:Http:UseMeshCertificate", "needs a certificate of the mesh: Chirps:Tls:CertPath, KeyPath and CaPath; development certificates do not serve HTTPS")
            : new HttpsCertificate("Chirps:Http:UseMeshCertificate", mesh.CertPath, mesh.KeyPath, TimeProvider.System, logger);
    }

    [LoggerMessage(5032, LogLevel.Warning, "HTTP at {Address} is not encrypted: whoever listens on the way reads the token. Chirps:Http:CertPath and KeyPath, or UseMeshCertificate, serve HTTPS")]
    private static partial void LogPlain(ILogger logger, string address);
}
