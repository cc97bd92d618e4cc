using System.Net;
using Chirps.Engine.Time;
using Chirps.Quic;

namespace Chirps.Simulation.Transport;

/// <summary>The transport port over a network in memory: one order of events, virtual time, chance from a seed.</summary>
/// <remarks>Everything, callbacks included, happens on the thread that calls <see cref="Step"/>; so must all calls of its endpoints.
/// Identities are judged by the rules of the real providers; nothing is encrypted. What a partition stops is repeated until
/// it ends or the connection is given up; datagrams are lost.</remarks>
/// <param name="random">Chance.</param>
/// <param name="epoch">The wall-clock time at which the virtual time starts, for the validity of certificates.</param>
public sealed class SimTransport(SeededRandom random, DateTimeOffset epoch)
{
    private const int FirstFreePort = 49152;

    private readonly PriorityQueue<Action, (MeshInstant At, long Order)> _events = new();
    private readonly Dictionary<IPEndPoint, SimEndpoint> _endpoints = [];
    private long _order;
    private int _nextPort = FirstFreePort;
    private int _nextNode;

    /// <summary>How the links behave; endpoints are its nodes, numbered from 0 in the order of their opening.</summary>
    public SimNetwork Network { get; } = new(random.Split("network"));

    /// <summary>The virtual time.</summary>
    public MeshInstant Now { get; private set; }

    internal DateTimeOffset WallClock => epoch + (Now - MeshInstant.Zero);

    /// <summary>Opens an endpoint at the address of the options; port 0 takes a free one.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The address is in use.</exception>
    /// <exception cref="TlsMaterialException">The certificate cannot be used.</exception>
    public ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        var address = options.Bind.Port == 0 ? new IPEndPoint(options.Bind.Address, _nextPort++) : options.Bind;
        if (_endpoints.ContainsKey(address))
        {
            throw new InvalidOperationException($"{address} is in use.");
        }

        var endpoint = new SimEndpoint(this, _nextNode++, address, options, handler);
        _endpoints.Add(address, endpoint);
        return endpoint;
    }

    /// <summary>Lets the next event happen, and the time pass until then.</summary>
    /// <returns><see langword="false"/> when nothing is left to happen.</returns>
    public bool Step()
    {
        if (!_events.TryDequeue(out var work, out var due))
        {
            return false;
        }

        Now = MeshInstant.Max(Now, due.At);
        work();
        return true;
    }

    /// <summary>Lets everything happen that is due within a time.</summary>
    public void RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        while (_events.TryPeek(out _, out var due) && due.At <= end)
        {
            Step();
        }

        Now = end;
    }

    internal void At(MeshInstant when, Action work) => _events.Enqueue(work, (when, _order++));

    internal SimEndpoint? Find(IPEndPoint address) => _endpoints.GetValueOrDefault(address);

    internal void Forget(IPEndPoint address) => _endpoints.Remove(address);
}
