using System.Runtime.Versioning;
using Chirps.Quic.Native;
using Chirps.Quic.SystemQuic;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Quic;

/// <summary>Where endpoints are opened.</summary>
public static class QuicTransport
{
    private static readonly Lazy<(string? Provider, QuicUnavailableException? Problem)> _native = new(Load);

    /// <summary>Whether some provider can be used: <see cref="TransportProvider.Auto"/> finds one.</summary>
    public static bool IsSupported => IsProviderSupported(TransportProvider.Auto);

    /// <summary>What is wrong and how to put it right; null when QUIC is supported.</summary>
    public static string? WhyUnsupported => WhyProviderUnsupported(TransportProvider.Auto);

    [SupportedOSPlatformGuard("linux")]
    [SupportedOSPlatformGuard("macos")]
    [SupportedOSPlatformGuard("windows")]
    private static bool HasSystem => (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows()) && SystemLibrary.IsSupported;

    /// <summary>Whether a provider can be used on this machine.</summary>
    public static bool IsProviderSupported(TransportProvider provider) => WhyProviderUnsupported(provider) == null;

    /// <summary>What a provider lacks on this machine and how to put it right; null when it can be used.</summary>
    public static string? WhyProviderUnsupported(TransportProvider provider)
    {
        var native = _native.Value.Problem?.Message;
        var system = HasSystem ? null : "System.Net.Quic cannot be used: it needs libmsquic (package libmsquic of packages.microsoft.com) and IPv6 enabled.";
        return provider switch
        {
            TransportProvider.Ngtcp2 => native,
            TransportProvider.System => system,
            _ => native == null || system == null ? null : $"{native} Nor is the other provider there: {system}",
        };
    }

    /// <summary>Opens an endpoint: binds its socket and starts its thread.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="handler">Called back from the endpoint's thread.</param>
    /// <param name="logger">Events 2500-2599; none when null.</param>
    /// <exception cref="QuicUnavailableException">The libraries of the provider are missing, too old or of another layout.</exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="TlsMaterialException">The certificate, key or authority cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        logger ??= NullLogger.Instance;
        var (library, problem) = _native.Value;
        if (options.Provider != TransportProvider.System && problem == null)
        {
            return new QuicEndpoint(options, handler, logger, library!);
        }

        if (options.Provider != TransportProvider.Ngtcp2 && HasSystem)
        {
            return new SystemEndpoint(options, handler, logger);
        }

        var message = WhyProviderUnsupported(options.Provider)!;
        throw problem == null ? new QuicUnavailableException(message) : new QuicUnavailableException(message, problem);
    }

    /// <inheritdoc cref="Open(QuicEndpointOptions, ITransportHandler, ILogger?)"/>
    /// <param name="options">Checked here.</param>
    /// <param name="handler">Called back from the endpoint's thread.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>Chirps.Quic</c>.</param>
    public static ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        return Open(options, handler, loggerFactory.CreateLogger("Chirps.Quic"));
    }

    private static (string? Provider, QuicUnavailableException? Problem) Load()
    {
        try
        {
            return (LayoutCheck.Run(), null);
        }
        catch (QuicUnavailableException e)
        {
            return (null, e);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return (null, new QuicUnavailableException($"The native QUIC libraries cannot be used: {e.Message} Install them with eng/install-native.sh.", e));
        }
    }
}
