namespace Chirps.Node.Credentials;

/// <summary>The time a certificate is valid.</summary>
/// <param name="From">From when.</param>
/// <param name="Until">Until when.</param>
internal readonly record struct CertificateLifetime(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>The part of the time left below which somebody should act.</summary>
    public const double Soon = 0.20;

    /// <summary>The part below which there is hardly time to act.</summary>
    public const double VerySoon = 0.05;

    /// <summary>What is left, of the whole; below zero once it has expired.</summary>
    public double Left(DateTimeOffset now) => (Until - now) / (Until - From);

    /// <summary>What a person should know about the time; <see langword="null"/> when there is enough of it.</summary>
    public string? Describe(DateTimeOffset now)
        => now < From ? "not valid yet"
            : now >= Until ? "EXPIRED"
            : Left(now) < VerySoon ? "expires very soon"
            : Left(now) < Soon ? "expires soon"
            : null;
}
