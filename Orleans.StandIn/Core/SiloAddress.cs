using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Where a silo is, and which of its lives: <c>ip:port@generation</c>.</summary>
[GenerateSerializer, Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation) => (Endpoint, Generation) = (endpoint, generation);

    [Id(0)]
    public IPEndPoint Endpoint { get; }

    [Id(1)]
    public int Generation { get; }

    public static SiloAddress New(IPEndPoint endpoint, int generation) => new(endpoint, generation);

    public static SiloAddress FromParsableString(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        return at > 0
            ? New(IPEndPoint.Parse(address.AsSpan(0, at)), int.Parse(address.AsSpan(at + 1), CultureInfo.InvariantCulture))
            : throw new FormatException($"Invalid silo address \"{address}\"");
    }

    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint}@{Generation}");

    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    public int CompareTo(SiloAddress? other) => string.CompareOrdinal(ToParsableString(), other?.ToParsableString());

    public override string ToString() => ToParsableString();
}
