using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Credentials;

/// <summary>
/// Gives the transport a new certificate, key and authorities when the source has them, and warns before they expire.
/// </summary>
/// <remarks>
/// Files are replaced one after the other, or rewritten in place. So a change is acted on only when two looks, a moment
/// apart, see the same; and when what they see is broken, what is in force stays. Looks happen every
/// <see cref="TlsOptions.ReloadInterval"/>, and at once when a directory reports a change. Disposing waits for a look under way.
/// </remarks>
internal sealed partial class CredentialWatcher : IDisposable
{
    private static readonly TimeSpan _settleTime = TimeSpan.FromMilliseconds(200);

    private readonly ICredentialSource _source;
    private readonly TransportIdentity _identity;
    private readonly Action<TlsMaterial> _replace;
    private readonly MeshMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SettlingWatch _watch;
    private volatile ExpiryAlarm _alarm;
    private string _inForce;
    private bool _trustsItself;
    private string _seen;
    private (string Fingerprint, string Problem)? _failure;

    /// <summary>Starts to watch.</summary>
    /// <param name="source">What to watch.</param>
    /// <param name="inForce">What the transport was opened with.</param>
    /// <param name="replace">Gives the transport other material; see <see cref="ITransportEndpoint.ReplaceCredentials"/>.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="metrics">Where reloads and the expiry are counted.</param>
    /// <param name="clock">For validity and the timer.</param>
    /// <param name="logger">For reloads, failures and the expiry.</param>
    public CredentialWatcher(ICredentialSource source, TlsMaterial inForce, Action<TlsMaterial> replace, TimeSpan interval, MeshMetrics metrics, TimeProvider clock, ILogger logger)
    {
        _source = source;
        _identity = inForce.ReadIdentity();
        _replace = replace;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _inForce = _seen = CredentialSnapshot.FingerprintOf(inForce);
        _trustsItself = CertificateText.IsTrustedByItsOwn(inForce, clock.GetUtcNow());
        _alarm = AlarmFor(inForce);
        metrics.ObserveCertificate(() => (long)(_alarm.Lifetime.Until - _clock.GetUtcNow()).TotalSeconds);
        WarnOfExpiry();
        _watch = new SettlingWatch(source.Directories, interval, _settleTime, Look, clock);
    }

    public void Dispose() => _watch.Dispose();

    private bool Look()
    {
        var look = _source.Look();
        var isNew = look.Fingerprint != _seen;
        _seen = look.Fingerprint;
        if (!isNew)
        {
            Apply(look);
        }

        WarnOfExpiry();
        return isNew;
    }

    /// <summary>Brings what was seen into force, unless it is there already or cannot be.</summary>
    private void Apply(in CredentialSnapshot look)
    {
        if (look.Fingerprint == _inForce)
        {
            if (_failure is not null)
            {
                LogRestored(_source.Name);
                _failure = null;
            }

            return;
        }

        try
        {
            var material = look.Load();
            Check(material);
            _replace(material);
            InForce(material, look.Fingerprint);
        }
        catch (Exception exception)
        {
            // Whatever is in the files: it must not end the process, which an exception on a timer does.
            Failed(look.Fingerprint, exception.Message);
        }
    }

    private void Check(TlsMaterial material)
    {
        if (material.ReadIdentity() is var identity && identity != _identity)
        {
            throw new TlsMaterialException($"{_source.Name}: is the certificate of {identity}, but this node is {_identity}; a node changes its name only by a restart");
        }

        if (_trustsItself && !CertificateText.IsTrustedByItsOwn(material, _clock.GetUtcNow()))
        {
            throw new TlsMaterialException($"{_source.Name}: leads to none of the authorities that came with it, so nodes with the same authorities would refuse this one");
        }
    }

    private void InForce(TlsMaterial material, string fingerprint)
    {
        _inForce = fingerprint;
        _trustsItself = CertificateText.IsTrustedByItsOwn(material, _clock.GetUtcNow());
        _failure = null;
        _alarm = AlarmFor(material);
        _metrics.CredentialsReloaded(succeeded: true);
        LogReplaced(_source.Name, _alarm.Lifetime.Until, CertificateText.Split(material.AuthorityPem).Count);
    }

    /// <summary>Tells of each problem once, not at each look.</summary>
    private void Failed(string fingerprint, string problem)
    {
        if (_failure != (fingerprint, problem))
        {
            _failure = (fingerprint, problem);
            _metrics.CredentialsReloaded(succeeded: false);
            LogNotReplaced(problem);
        }
    }

    private void WarnOfExpiry()
    {
        var alarm = _alarm;
        var now = _clock.GetUtcNow();
        if (!alarm.TryRaise(now, out var level))
        {
            return;
        }

        if (level == ExpiryLevel.Expired)
        {
            LogExpired(_source.Name, alarm.Lifetime.Until);
        }
        else
        {
            LogExpiresSoon(_source.Name, alarm.Lifetime.Until, level == ExpiryLevel.Soon ? CertificateLifetime.Soon : CertificateLifetime.VerySoon);
        }
    }

    private static ExpiryAlarm AlarmFor(TlsMaterial material)
    {
        var (from, until) = CertificateText.Validity(material.CertificatePem);
        return new ExpiryAlarm(new CertificateLifetime(from, until));
    }

    [LoggerMessage(2300, LogLevel.Information, "New credentials are in force: {Certificate}, valid until {Until:u}, {Authorities} trusted authorities")]
    private partial void LogReplaced(string certificate, DateTimeOffset until, int authorities);

    [LoggerMessage(2301, LogLevel.Warning, "New credentials cannot be used, those in force stay: {Problem}")]
    private partial void LogNotReplaced(string problem);

    [LoggerMessage(2302, LogLevel.Information, "The credentials at {Certificate} are again those in force")]
    private partial void LogRestored(string certificate);

    [LoggerMessage(2303, LogLevel.Warning, "The certificate {Certificate} expires at {Until:u}: less than {Part:P0} of its time is left")]
    private partial void LogExpiresSoon(string certificate, DateTimeOffset until, double part);

    [LoggerMessage(2304, LogLevel.Error, "The certificate {Certificate} expired at {Until:u}: no new connection can be made until it is replaced")]
    private partial void LogExpired(string certificate, DateTimeOffset until);
}
