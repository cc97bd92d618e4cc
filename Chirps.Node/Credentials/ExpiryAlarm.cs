namespace Chirps.Node.Credentials;

/// <summary>How near the end of a certificate is.</summary>
internal enum ExpiryLevel
{
    /// <summary>There is time.</summary>
    None,

    /// <summary>Less than a fifth of its time is left.</summary>
    Soon,

    /// <summary>Less than a twentieth.</summary>
    VerySoon,

    /// <summary>It is over.</summary>
    Expired,
}

/// <summary>Says once for each level that a certificate nears its end.</summary>
internal sealed class ExpiryAlarm(CertificateLifetime lifetime)
{
    private ExpiryLevel _told;

    public CertificateLifetime Lifetime { get; } = lifetime;

    /// <returns>Whether a level was reached that was not told yet.</returns>
    public bool TryRaise(DateTimeOffset now, out ExpiryLevel level)
    {
        var left = Lifetime.Left(now);
        level = left <= 0 ? ExpiryLevel.Expired
            : left < CertificateLifetime.VerySoon ? ExpiryLevel.VerySoon
            : left < CertificateLifetime.Soon ? ExpiryLevel.Soon
            : ExpiryLevel.None;
        if (level <= _told)
        {
            return false;
        }

        _told = level;
        return true;
    }
}
