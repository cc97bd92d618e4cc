namespace Chirps.Quic;

/// <summary>A certificate, key or authority cannot be used; the message says which and why.</summary>
public sealed class TlsMaterialException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public TlsMaterialException()
        : base("The TLS material cannot be used.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    public TlsMaterialException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, and what is wrong with it.</param>
    /// <param name="innerException">The cause.</param>
    public TlsMaterialException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
