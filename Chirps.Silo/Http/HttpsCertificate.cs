using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary>The certificate that HTTPS is served with, from PEM files that may be replaced. Any thread.</summary>
internal sealed partial class HttpsCertificate
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromSeconds(2);

    private readonly string _certPath;
    private readonly string _keyPath;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _current;
    private string _text;
    private long _lookedAt;

    /// <summary>Loads the files.</summary>
    /// <param name="key">The configuration key that the message names.</param>
    /// <param name="certPath">The certificate and its chain.</param>
    /// <param name="keyPath">Its key.</param>
    /// <param name="clock">Tells when to look again.</param>
    /// <param name="logger">Told of changes.</param>
    /// <exception cref="MeshConfigurationException">The files cannot be read, or do not belong together.</exception>
    public HttpsCertificate(string key, string certPath, string keyPath, TimeProvider clock, ILogger logger)
    {
        (_certPath, _keyPath, _clock, _logger) = (certPath, keyPath, clock, logger);
        try
        {
            _text = Read();
            _current = Load();
            _lookedAt = clock.GetTimestamp();
        }
        catch (Exception exception) when (IsBadFile(exception))
        {
            throw new MeshConfigurationException(key, $"'{certPath}' and '{keyPath}' cannot serve HTTPS: {exception.Message}", exception);
        }
    }

    /// <summary>The certificate in force for a new connection.</summary>
    public SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_lookedAt) < _lookAgain)
            {
                return _current;
            }

            _lookedAt = _clock.GetTimestamp();
            try
            {
                var text = Read();
                if (text != _text)
                {
                    _text = text;
                    _current = Load();
                    LogTaken(_logger, _certPath);
                }
            }
            catch (Exception exception) when (IsBadFile(exception))
            {
                LogKept(_logger, _certPath, exception.Message);
            }

            return _current;
        }
    }

    private static bool IsBadFile(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    /// <summary>Both files by their hash; the key is not kept.</summary>
    private string Read() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_certPath))) + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_keyPath)));

    private SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certPath);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_certPath, _keyPath), chain, offline: true);
    }

    [LoggerMessage(5030, LogLevel.Information, "The certificate of HTTPS in {File} has changed and is in force for new connections")]
    private static partial void LogTaken(ILogger logger, string file);

    [LoggerMessage(5031, LogLevel.Warning, "The certificate of HTTPS in {File} cannot be taken, the one in force stays: {Problem}")]
    private static partial void LogKept(ILogger logger, string file, string problem);
}
