namespace Chirps.Node.Links;

/// <summary>What to do about the certificates of a connection.</summary>
internal enum RenewalStep
{
    /// <summary>Nothing now.</summary>
    None,

    /// <summary>Replace the connection by one with today's certificates.</summary>
    Renew,

    /// <summary>End it: a certificate has expired and none came in its place.</summary>
    Close,
}

/// <summary>
/// When one connection is replaced because of its certificates: after this node's were replaced, and around the time
/// when either side's expires. Spread by chance, so that a mesh does not dial all at once. One caller at a time.
/// </summary>
internal sealed class Renewal
{
    private DateTimeOffset? _due;

    /// <summary>Decides.</summary>
    /// <param name="now">The wall clock, in which certificates expire.</param>
    /// <param name="validUntil">When the first of the two certificates expires.</param>
    /// <param name="isCurrent">Whether this node would still present the same certificate.</param>
    /// <param name="within">How long a connection may outlive its certificates.</param>
    /// <param name="chance">0 to 1.</param>
    public RenewalStep Next(DateTimeOffset now, DateTimeOffset validUntil, bool isCurrent, TimeSpan within, double chance)
    {
        var left = validUntil - now;
        if (left <= -within)
        {
            return RenewalStep.Close;
        }

        if (isCurrent && left > TimeSpan.Zero)
        {
            _due = null;
            return RenewalStep.None;
        }

        if (_due is { } due && now >= due)
        {
            // Should it fail, there is time to try again.
            _due = now + (within / 4);
            return RenewalStep.Renew;
        }

        _due ??= now + (within / 2 * chance);
        return RenewalStep.None;
    }
}
