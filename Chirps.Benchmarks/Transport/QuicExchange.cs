using System.Diagnostics;
using System.Runtime.CompilerServices;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>What a client stream of Chirps.Quic waits for.</summary>
/// <remarks>Waiting does not allocate, so that what is counted is the transport's.</remarks>
internal sealed class QuicExchange
{
    private readonly Signal _answered = new();
    private readonly Signal _writable = new();
    private int _wanted;
    private int _received;
    private volatile bool _failed;

    public QuicExchange(ITransportConnection connection, Order order, int priority, bool early = false)
    {
        Stream = connection.OpenStream(priority, early);
        Stream.State = this;
        Stream.TryWrite(order.ToBytes(), default, flush: false);
    }

    public ITransportStream Stream { get; }

    /// <summary>When the last answer was seen by the endpoint's thread.</summary>
    public long AnsweredAt { get; private set; }

    /// <summary>Writes and waits for as many bytes as <paramref name="answer"/> says.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(ReadOnlyMemory<byte> message, int answer)
    {
        _received = 0;
        Volatile.Write(ref _wanted, answer);
        await WriteAsync(message);
        await AnswerAsync();
    }

    /// <summary>Expects an answer to what is written later.</summary>
    public void Expect(int answer)
    {
        _received = 0;
        Volatile.Write(ref _wanted, answer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AnswerAsync()
    {
        await _answered.WaitAsync();
        Check();
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message)
        => Stream.TryWrite(message.Span, default) ? ValueTask.CompletedTask : WaitAndWriteAsync(message);

    /// <summary>Bytes arrived.</summary>
    public void Take(int bytes)
    {
        _received += bytes;
        if (_wanted > 0 && _received >= _wanted)
        {
            _wanted = 0;
            AnsweredAt = Stopwatch.GetTimestamp();
            _answered.Set();
        }
    }

    public void BecameWritable() => _writable.Set();

    public void Ended()
    {
        _failed = true;
        _writable.Set();
        _answered.Set();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> message)
    {
        do
        {
            await _writable.WaitAsync();
            Check();
        }
        while (!Stream.TryWrite(message.Span, default));
    }

    private void Check()
    {
        if (_failed)
        {
            throw new InvalidOperationException("A stream ended before its answer.");
        }
    }
}
