using System.Net;

namespace Chirps.Quic;

/// <summary>Names a certificate carries beside the node's own, for other uses of the same certificate. The mesh does not look at them.</summary>
/// <param name="Dns">DNS names, ASCII.</param>
/// <param name="Addresses">IP addresses.</param>
public sealed record ExtraNames(IReadOnlyList<string> Dns, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>No further names.</summary>
    public static ExtraNames None { get; } = new([], []);
}
