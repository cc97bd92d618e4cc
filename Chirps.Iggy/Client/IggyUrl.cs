using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Client;

/// <summary>Reads the URL form of the client's options.</summary>
internal static class IggyUrl
{
    /// <summary>Without TLS.</summary>
    public const string PlainScheme = "iggy";

    /// <summary>Inside TLS.</summary>
    public const string TlsScheme = "iggy+tls";

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is not such a URL.</exception>
    public static IggyClientOptions Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not (PlainScheme or TlsScheme) || uri.Host.Length == 0)
        {
            throw new FormatException($"An Iggy URL has the form {PlainScheme}://user:password@host:port or {TlsScheme}://user:password@host:port.");
        }

        if (uri.AbsolutePath is not ("" or "/") || uri.Fragment.Length > 0)
        {
            throw new FormatException("An Iggy URL has no path and no fragment.");
        }

        var options = new IggyClientOptions
        {
            Host = uri.DnsSafeHost,
            Port = uri.IsDefaultPort || uri.Port <= 0 ? IggyClientOptions.DefaultPort : uri.Port,
            UseTls = uri.Scheme == TlsScheme,
        };
        return WithQuery(WithUser(options, uri.UserInfo), uri.Query);
    }

    private static IggyClientOptions WithUser(IggyClientOptions options, string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return options;
        }

        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? userInfo : userInfo[..colon]);
        return options with
        {
            User = user.Length > 0 ? user : options.User,
            Password = colon < 0 ? null : Uri.UnescapeDataString(userInfo[(colon + 1)..]),
        };
    }

    private static IggyClientOptions WithQuery(IggyClientOptions options, string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            options = key switch
            {
                "dialect" => options with { Dialect = Dialect(value) },
                "password-file" => options with { PasswordFile = value },
                "password-env" => options with { PasswordVariable = value },
                "token-file" => options with { TokenFile = value },
                "token-env" => options with { TokenVariable = value },
                "ca-file" => options with { Tls = TrustOf(options.Host, value) },
                _ => throw new FormatException($"An Iggy URL has no setting \"{key}\"."),
            };
        }

        return options;
    }

    private static IggyDialect Dialect(string value) => value switch
    {
        "auto" => IggyDialect.Auto,
        "classic" => IggyDialect.Classic,
        "vsr" => IggyDialect.Vsr,
        _ => throw new FormatException("The dialect is auto, classic or vsr."),
    };

    private static Func<SslClientAuthenticationOptions> TrustOf(string host, string file) => () =>
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy };
    };
}
