using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chirps.Quic;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Transport;

/// <summary>A provider with sockets and threads, on loopback and in real time.</summary>
internal sealed class RealProvider(TransportProvider provider) : IProviderUnderTest
{
    /// <summary>What no callback tells (a counter, a buffer that empties) is looked at again after this time.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    private readonly UdpClient _deaf = new(new IPEndPoint(IPAddress.Loopback, 0));
    private volatile TaskCompletionSource _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IPEndPoint Nobody => (IPEndPoint)_deaf.Client.LocalEndPoint!;

    public ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler)
        => QuicTransport.Open(options with { Provider = provider }, handler);

    public async Task Until(Func<bool> condition, string name)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var beat = _beat.Task;
            if (condition())
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > Expect.Patience)
            {
                throw new TimeoutException($"Did not happen within {Expect.Patience.TotalSeconds} s: {name}.");
            }

            await Task.WhenAny(beat, Task.Delay(_look));
        }
    }

    public Task Together(params Action[] actions) => Task.WhenAll(actions.Select(Task.Run)).WaitAsync(Expect.Patience);

    public Task Dispose(ITransportEndpoint endpoint) => Task.Run(endpoint.Dispose).WaitAsync(Expect.Patience);

    public void Beat() => Interlocked.Exchange(ref _beat, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public void Dispose() => _deaf.Dispose();
}
