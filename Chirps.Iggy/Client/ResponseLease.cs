using System.Buffers;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>An answer: its status and its payload, in memory that goes back to a pool once.</summary>
/// <param name="dialect">What the payload is in.</param>
/// <param name="status">The outcome.</param>
/// <param name="rented">Rented memory, or none.</param>
/// <param name="start">Where the payload begins.</param>
/// <param name="length">Bytes of the payload.</param>
internal readonly struct ResponseLease(IIggyDialect dialect, IggyStatus status, byte[]? rented, int start, int length)
{
    /// <summary>What the payload is in.</summary>
    public IIggyDialect Dialect { get; } = dialect;

    /// <summary>The outcome.</summary>
    public IggyStatus Status { get; } = status;

    /// <summary>The payload, until the memory is given back.</summary>
    public ReadOnlySpan<byte> Payload => rented.AsSpan(start, length);

    /// <summary>Gives the memory back. Whoever holds the lease calls this once.</summary>
    public void Return()
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
