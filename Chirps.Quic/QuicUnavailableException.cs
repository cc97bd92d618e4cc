namespace Chirps.Quic;

/// <summary>The native QUIC libraries are missing, too old, or not laid out as this code expects.</summary>
public sealed class QuicUnavailableException : PlatformNotSupportedException
{
    /// <summary>Creates the exception with a general message.</summary>
    public QuicUnavailableException()
        : base("QUIC is not available on this machine.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to put it right.</param>
    public QuicUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to put it right.</param>
    /// <param name="innerException">The cause.</param>
    public QuicUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
