using Chirps.Quic.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Quic;

/// <summary>Where endpoints are opened.</summary>
public static class QuicTransport
{
    private static readonly Lazy<(string? Provider, QuicUnavailableException? Problem)> _native = new(Load);

    /// <summary>Whether the native libraries are there and fit.</summary>
    public static bool IsSupported => _native.Value.Problem == null;

    /// <summary>What is wrong and how to put it right; null when QUIC is supported.</summary>
    public static string? WhyUnsupported => _native.Value.Problem?.Message;

    /// <summary>Opens an endpoint: binds its socket and starts its thread.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="handler">Called back from the endpoint's thread.</param>
    /// <param name="logger">Events 2500-2599; none when null.</param>
    /// <exception cref="QuicUnavailableException">The native libraries are missing, too old or of another layout.</exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="TlsMaterialException">The certificate, key or authority cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        var (provider, problem) = _native.Value;
        return problem == null
            ? new QuicEndpoint(options, handler, logger ?? NullLogger.Instance, provider!)
            : throw new QuicUnavailableException(problem.Message, problem);
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
