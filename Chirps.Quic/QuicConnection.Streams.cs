using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Opening, marking and ending streams.</content>
internal sealed unsafe partial class QuicConnection
{
    private readonly StreamQueue _opening = new();
    private readonly StreamQueue _openingEarly = new();
    private readonly HashSet<QuicStream> _streams = [];
    private readonly LaneScheduler _ready = new();
    private QuicStream? _dirty;
    private bool _openBlocked;
    private List<QuicStream>? _closedStreams;

    /// <summary>Puts a stream where the connection's runner finds it, and signals. Any thread.</summary>
    internal void MarkDirty(QuicStream stream)
    {
        if (stream.TryMarkDirty())
        {
            QuicStream? first;
            do
            {
                first = Volatile.Read(ref _dirty);
                stream.NextDirty = first;
            }
            while (Interlocked.CompareExchange(ref _dirty, stream, first) != first);
        }

        Signal();
    }

    private QuicStream NewStream(int priority) => new(this, priority, _options.StreamSendLimitBytes, _endpoint.Blocks);

    /// <summary>Gives streams that wait for it their number, in the order of their opening, as far as the peer's limit goes.</summary>
    private void OpenWaiting()
    {
        OpenWaiting(_openingEarly);
        if (_handshakeDone)
        {
            OpenWaiting(_opening);
        }
    }

    private void OpenWaiting(StreamQueue waiting)
    {
        while (waiting.TryPeek(out var stream))
        {
            if (stream.IsClosed)
            {
                waiting.TryDequeue(out _); // reset before it had a number
                continue;
            }

            if (_openBlocked)
            {
                return;
            }

            var handle = GCHandle.Alloc(stream);
            long id;
            var error = Ngtcp2.OpenStream(_native, &id, (void*)GCHandle.ToIntPtr(handle));
            if (error != 0)
            {
                handle.Free();
                _openBlocked = error == NgError.StreamIdBlocked;
                if (!_openBlocked)
                {
                    _failure = error;
                    Volatile.Write(ref _work, 1);
                }

                return;
            }

            waiting.TryDequeue(out _);
            stream.Handle = handle;
            stream.SetId(id);
            _streams.Add(stream);
            Refresh(stream);
        }
    }

    /// <summary>Takes in what callers did to streams. Not while a packet is open: ngtcp2 allows no other call then.</summary>
    private void DrainDirty()
    {
        if (Volatile.Read(ref _dirty) == null)
        {
            return;
        }

        var stream = Interlocked.Exchange(ref _dirty, null);
        while (stream != null)
        {
            var next = stream.NextDirty;
            stream.NextDirty = null;
            stream.ClearDirty();
            if (stream.Id >= 0)
            {
                Refresh(stream);
            }
            else if (stream.IsReset)
            {
                EndStream(stream);
            }

            stream = next;
        }
    }

    private void Refresh(QuicStream stream)
    {
        if (stream.IsClosed)
        {
            return;
        }

        if (stream.TryTakeReset(out var code))
        {
            _ready.Remove(stream);
            stream.Send.Abandon();
            var error = Ngtcp2.ShutdownStream(_native, 0, stream.Id, code);
            if (error != 0 && error != NgError.StreamNotFound)
            {
                _failure = error;
                Volatile.Write(ref _work, 1);
            }

            return;
        }

        var credit = stream.TakeCredit();
        if (credit > 0)
        {
            _ = Ngtcp2.ExtendMaxStreamOffset(_native, stream.Id, (ulong)credit);
            Ngtcp2.ExtendMaxOffset(_native, (ulong)credit);
        }

        if (!stream.IsBlocked && stream.Send.HasWork)
        {
            _ready.Add(stream, stream.Priority);
        }
    }

    /// <summary>ngtcp2 has forgotten a stream: so do we.</summary>
    private void EndStream(QuicStream stream)
    {
        _ready.Remove(stream);
        _streams.Remove(stream);
        if (stream.Uncredited > 0)
        {
            Ngtcp2.ExtendMaxOffset(_native, (ulong)stream.Uncredited); // unread bytes would be missing from the connection's window for ever
            stream.Uncredited = 0;
        }

        stream.Send.Close();
        if (stream.Handle.IsAllocated)
        {
            stream.Handle.Free();
        }

        if (_endpoint.IsEndpointThread)
        {
            ReportClosed(stream);
        }
        else
        {
            (_closedStreams ??= []).Add(stream);
            Volatile.Write(ref _work, 1);
        }
    }

    private void ReportClosedStreams()
    {
        if (_closedStreams is { } closed)
        {
            _closedStreams = null;
            foreach (var stream in closed)
            {
                ReportClosed(stream);
            }
        }
    }

    private void ReportClosed(QuicStream stream)
    {
        if (stream.TryClose())
        {
            try
            {
                _handler.StreamClosed(stream);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }
    }

    /// <summary>The connection ends: every stream does.</summary>
    private void CloseAllStreams()
    {
        ReportClosedStreams();
        foreach (var stream in _streams)
        {
            ReportClosed(stream);
        }

        while (_opening.TryDequeue(out var waiting) || _openingEarly.TryDequeue(out waiting))
        {
            ReportClosed(waiting);
        }
    }

    private void FreeStreams()
    {
        foreach (var stream in _streams)
        {
            stream.TryClose();
            stream.Send.Close();
            if (stream.Handle.IsAllocated)
            {
                stream.Handle.Free();
            }
        }

        _streams.Clear();
        while (_opening.TryDequeue(out var waiting) || _openingEarly.TryDequeue(out waiting))
        {
            waiting.TryClose();
            waiting.Send.Close();
        }
    }
}
