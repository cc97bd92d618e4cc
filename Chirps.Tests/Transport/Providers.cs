using Chirps.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Over what the suite runs.</summary>
public static class Providers
{
    private const string Simulated = "simulated";

    /// <summary>The name of every provider that can be used on this machine.</summary>
    public static TheoryData<string> Names => [nameof(TransportProvider.Ngtcp2), Simulated, .. QuicTransport.IsProviderSupported(TransportProvider.System) ? new[] { nameof(TransportProvider.System) } : []];

    internal static IProviderUnderTest Create(string name)
        => name == Simulated ? new SimulatedProvider() : new RealProvider(Enum.Parse<TransportProvider>(name));
}
