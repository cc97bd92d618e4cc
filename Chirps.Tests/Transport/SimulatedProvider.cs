using System.Net;
using Chirps.Engine.Time;
using Chirps.Quic;
using Chirps.Simulation.Transport;

namespace Chirps.Tests.Transport;

/// <summary>The simulated network: waiting makes its events happen.</summary>
internal sealed class SimulatedProvider : IProviderUnderTest
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly SimTransport _world = new(new SeededRandom(117), DateTimeOffset.UtcNow);

    public IPEndPoint Nobody { get; } = new(IPAddress.Loopback, 9);

    public ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler) => _world.Open(options, handler);

    public Task Until(Func<bool> condition, string name)
    {
        var end = _world.Now + _patience;
        while (!condition())
        {
            if (_world.Now > end || !_world.Step())
            {
                throw new TimeoutException($"Did not happen in virtual time: {name}.");
            }
        }

        return Task.CompletedTask;
    }

    public Task Together(params Action[] actions)
    {
        Array.ForEach(actions, action => action());
        return Task.CompletedTask;
    }

    public Task Dispose(ITransportEndpoint endpoint)
    {
        endpoint.Dispose();
        return Task.CompletedTask;
    }

    public void Beat()
    {
    }

    public void Dispose()
    {
    }
}
