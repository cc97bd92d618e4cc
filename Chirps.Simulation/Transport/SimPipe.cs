using Chirps.Engine.Time;

namespace Chirps.Simulation.Transport;

/// <summary>What one side of a connection sends, in order; what a link loses is sent again.</summary>
internal sealed class SimPipe(SimTransport world, int from, int to)
{
    /// <summary>As a sender would that has measured round trips of a local network.</summary>
    private static readonly TimeSpan _repeatAfter = TimeSpan.FromMilliseconds(20);

    private readonly Queue<Action> _waiting = new();
    private MeshInstant _lastArrival;
    private bool _isWaiting;

    /// <summary>Nothing more is sent or repeated.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Sends something that arrives after everything sent before.</summary>
    public void Send(Action arrival)
    {
        _waiting.Enqueue(arrival);
        if (!_isWaiting)
        {
            SendWaiting();
        }
    }

    /// <summary>Sends something that may get lost, arrive twice, or overtake.</summary>
    public void SendOnce(Action arrival)
    {
        Span<TimeSpan> delays = stackalloc TimeSpan[2];
        var copies = world.Network.Route(from, to, delays);
        for (var copy = 0; copy < copies; copy++)
        {
            world.At(world.Now + delays[copy], arrival);
        }
    }

    private void SendWaiting()
    {
        _isWaiting = false;
        Span<TimeSpan> delays = stackalloc TimeSpan[2];
        while (_waiting.TryPeek(out var next) && !IsClosed)
        {
            if (world.Network.Route(from, to, delays) == 0)
            {
                _isWaiting = true;
                world.At(world.Now + _repeatAfter, SendWaiting);
                return;
            }

            _waiting.Dequeue();
            _lastArrival = MeshInstant.Max(_lastArrival, world.Now + delays[0]);
            world.At(_lastArrival, next);
        }
    }
}
