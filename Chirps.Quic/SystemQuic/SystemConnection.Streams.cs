using System.Net.Quic;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <content>Opening, accepting and ending streams. On the loop.</content>
internal sealed partial class SystemConnection
{
    private readonly Queue<SystemStream> _opening = new();
    private readonly HashSet<SystemStream> _streams = [];
    private readonly List<SystemStream> _hungry = [];
    private bool _isOpening;

    /// <summary>Received bytes of all streams whose credit the peer has not got back.</summary>
    internal long Uncredited { get; private set; }

    /// <summary>Bytes that may be read before the owner gives credit.</summary>
    internal int CreditLeft => (int)Math.Max(0, _options.ConnectionWindowBytes - Uncredited);

    internal int StreamWindow => _options.StreamWindowBytes;

    internal bool HasEnded => _ended;

    /// <summary>Counts bytes received (positive) or credited (negative), and wakes who waits for credit.</summary>
    internal void ChangeUncredited(long bytes)
    {
        Uncredited += bytes;
        if (bytes >= 0 || _hungry.Count == 0)
        {
            return;
        }

        SystemStream[] waiting = [.. _hungry];
        _hungry.Clear();
        foreach (var stream in waiting)
        {
            stream.CreditCame();
        }
    }

    /// <summary>Wakes the stream when there is credit again.</summary>
    internal void AwaitCredit(SystemStream stream) => _hungry.Add(stream);

    /// <summary>The stream is over.</summary>
    internal void Remove(SystemStream stream)
    {
        _streams.Remove(stream);
        _hungry.Remove(stream);
        ReportClosed(stream);
    }

    private void OpenWaiting()
    {
        if (!_isOpening && _connectedReported && !_ended)
        {
            _ = OpenWaitingAsync();
        }
    }

    /// <summary>Gives streams that wait for it their number, in the order of their opening; the library waits for the peer's limit.</summary>
    private async Task OpenWaitingAsync()
    {
        _isOpening = true;
        try
        {
            while (!_ended && TryPeekOpening(out var stream))
            {
                var net = await _net!.OpenOutboundStreamAsync(QuicStreamType.Bidirectional).ConfigureAwait(true);
                if (_ended)
                {
                    await net.DisposeAsync().ConfigureAwait(true);
                    return;
                }

                lock (_opening)
                {
                    _opening.Dequeue();
                }

                _streams.Add(stream);
                stream.Begin(net);
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            EndBy(e);
        }
        finally
        {
            _isOpening = false;
        }
    }

    private bool TryPeekOpening(out SystemStream stream)
    {
        lock (_opening)
        {
            return _opening.TryPeek(out stream!);
        }
    }

    private async Task AcceptStreamsAsync()
    {
        try
        {
            while (true)
            {
                var net = await _net!.AcceptInboundStreamAsync().ConfigureAwait(true);
                if (_ended)
                {
                    await net.DisposeAsync().ConfigureAwait(true);
                    return;
                }

                if (net.CanWrite)
                {
                    AcceptStream(net);
                }
                else
                {
                    _ = ReceiveDatagramAsync(net);
                }
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            EndBy(e);
        }
    }

    private void AcceptStream(NetStream net)
    {
        var stream = new SystemStream(this, SystemStream.DefaultPriority, _options.StreamSendLimitBytes);
        _streams.Add(stream);
        if (!IsEnding)
        {
            Tell((handler, _) => handler.StreamOpened(stream));
        }

        stream.Begin(net);
    }

    /// <summary>The connection ends: every stream does.</summary>
    private void CloseAllStreams()
    {
        SystemStream[] waiting;
        lock (_opening)
        {
            waiting = [.. _opening];
            _opening.Clear();
        }

        foreach (var stream in _streams.ToArray().Concat(waiting))
        {
            ReportClosed(stream);
        }
    }

    private void ReportClosed(SystemStream stream)
    {
        if (stream.TryClose())
        {
            Tell((handler, _) => handler.StreamClosed(stream));
        }
    }

    private async Task DisposeStreamsAsync()
    {
        foreach (var stream in _streams.ToArray())
        {
            await stream.DisposeAsync().ConfigureAwait(true);
        }

        _streams.Clear();
        if (_control != null)
        {
            await _control.DisposeAsync().ConfigureAwait(true);
        }
    }
}
