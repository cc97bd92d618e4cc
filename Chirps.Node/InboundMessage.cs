using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node.Tracing;

namespace Chirps.Node;

/// <summary>
/// A received message. Several subscribers may hold the same instance: each disposes it exactly once, after which
/// it may not be touched, because its buffer carries another message then.
/// </summary>
public sealed class InboundMessage : IDisposable
{
    private const int PooledMax = 16_384;

    /// <summary>A pooled message keeps a buffer up to this size: the shared array pool is too shallow for a full queue.</summary>
    private const int KeptBytesMax = 1024;

    private static readonly ConcurrentQueue<InboundMessage> _pool = new();
    private static int _pooled;

    private byte[] _buffer = [];
    private int _length;
    private int _references;
    private TraceContext _trace;
    private Activity? _activity;

    private InboundMessage()
    {
    }

    /// <summary>The sender, proven by its certificate.</summary>
    public MemberId From { get; private set; }

    /// <summary>The topic.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>How it was sent.</summary>
    public Profile Profile { get; private set; }

    /// <summary>The id in the sender's result.</summary>
    public Guid MessageId { get; private set; }

    /// <summary>The trace to go on with: of this node's <c>chirps.receive</c>, or of the send while nobody listens here; the default value for none.</summary>
    public ActivityContext Trace => _activity?.Context ?? MeshTracing.FromWire(_trace);

    /// <summary>The bytes; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Payload => _buffer.AsMemory(0, _length);

    /// <summary>Gives this holder's share back.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        if (_activity is { } activity)
        {
            _activity = null;
            MeshTracing.Stop(activity);
        }

        if (_buffer.Length > KeptBytesMax)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        if (Interlocked.Increment(ref _pooled) <= PooledMax)
        {
            _pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref _pooled);
        }
    }

    /// <summary>Takes a message from the pool, filled, with one reference, the caller's.</summary>
    internal static InboundMessage Rent(MemberId from, string topic, Profile profile, Guid id, ReadOnlySpan<byte> payload)
    {
        if (_pool.TryDequeue(out var message))
        {
            Interlocked.Decrement(ref _pooled);
        }
        else
        {
            message = new InboundMessage();
        }

        message._references = 1;
        if (message._buffer.Length < payload.Length)
        {
            message._buffer = payload.Length <= KeptBytesMax
                ? new byte[BitOperations.RoundUpToPowerOf2((uint)payload.Length)]
                : ArrayPool<byte>.Shared.Rent(payload.Length);
        }

        message._length = payload.Length;
        payload.CopyTo(message._buffer);
        message.From = from;
        message.Topic = topic;
        message.Profile = profile;
        message.MessageId = id;
        message._trace = default;
        return message;
    }

    /// <summary>Takes the message into a trace.</summary>
    /// <param name="node">This node.</param>
    /// <param name="trace">What came with it.</param>
    internal void Join(string node, in TraceContext trace)
    {
        _trace = trace;
        _activity = MeshTracing.Source.HasListeners() ? MeshTracing.StartReceive(node, this, trace) : null;
    }

    internal void AddReference() => Interlocked.Increment(ref _references);
}
