using System.Buffers;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>A request under way, and its answer.</summary>
internal sealed class Answer(RequestHead head, ByteBudget.Lease lease) : IDisposable
{
    private byte[] _body = [];
    private bool _isDisposed;

    public RequestHead Head => head;

    /// <summary>The whole answer, its header included, once <see cref="Status"/> has ended.</summary>
    public WireBuffer Reply { get; } = new();

    /// <summary>Where the answer begins in <see cref="Reply"/>.</summary>
    public int Start { get; set; }

    /// <summary>Ends when the request has been carried out.</summary>
    public Task<IggyStatus> Status { get; set; } = Task.FromResult(IggyStatus.Ok);

    /// <summary>Ends when <see cref="Status"/> does.</summary>
    public Task Ended => Status;

    /// <summary>Whether the connection ends behind this answer.</summary>
    public bool IsLast { get; set; }

    /// <summary>A copy of the request's payload that stays while other requests are read.</summary>
    public Memory<byte> Keep(ReadOnlySpan<byte> payload)
    {
        _body = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(_body);
        return _body.AsMemory(0, payload.Length);
    }

    /// <summary>Gives the memory back. Only when <see cref="Status"/> has ended.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Reply.Dispose();
        if (_body.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_body);
            _body = [];
        }

        lease.Dispose();
    }
}
