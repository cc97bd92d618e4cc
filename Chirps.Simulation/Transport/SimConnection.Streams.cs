namespace Chirps.Simulation.Transport;

/// <content>Streams of both sides.</content>
internal sealed partial class SimConnection
{
    private readonly Queue<SimStream> _opening = new();
    private readonly SortedDictionary<long, SimStream> _streams = [];
    private long _opened;
    private int _streamsLeft;
    private long _lastTheirs = -1;

    /// <summary>Bytes the other side still takes on all streams.</summary>
    internal long SendCredit { get; private set; }

    internal bool HasEnded => _ended;

    internal int PeerStreamWindow => _other!.Options.StreamWindowBytes;

    internal void UseCredit(int bytes) => SendCredit -= bytes;

    /// <summary>Gives the other side credit for bytes of a stream.</summary>
    internal void ReturnCredit(long id, long bytes) => Send(sender =>
    {
        sender.SendCredit += bytes;
        sender.Find(id)?.AddCredit(bytes);
        foreach (var stream in sender._streams.Values.ToArray())
        {
            stream.SendWaiting();
        }
    });

    internal SimStream? Find(long id) => _streams.GetValueOrDefault(id);

    /// <summary>The stream a message from the other side is about; the first one opens it.</summary>
    internal SimStream? Receiving(long id)
    {
        var isTheirs = (id & 1) == (IsOutgoing ? 1 : 0);
        if (_streams.TryGetValue(id, out var known) || !isTheirs || id <= _lastTheirs)
        {
            return known;
        }

        _lastTheirs = id;
        var stream = new SimStream(this, SimStream.DefaultPriority, Options.StreamSendLimitBytes);
        _streams.Add(id, stream);
        stream.Begin(id);
        Tell(handler => handler.StreamOpened(stream));
        return stream;
    }

    /// <summary>The stream is over on this side.</summary>
    internal void Remove(SimStream stream)
    {
        if (_streams.Remove(stream.Id) && (stream.Id & 1) == (IsOutgoing ? 1 : 0))
        {
            Send(opener =>
            {
                opener._streamsLeft++;
                opener.OpenWaiting();
            });
        }

        ReportClosed(stream);
    }

    private void OpenWaiting()
    {
        while (_connectedReported && !_ended && _streamsLeft > 0 && _opening.TryDequeue(out var stream))
        {
            _streamsLeft--;
            var id = (_opened++ * 4) + (IsOutgoing ? 0 : 1); // RFC 9000 section 2.1
            _streams.Add(id, stream);
            stream.Begin(id);
        }
    }

    private void CloseAllStreams()
    {
        foreach (var stream in _streams.Values.Concat(_opening).ToArray())
        {
            ReportClosed(stream);
        }

        _streams.Clear();
        _opening.Clear();
    }

    private void ReportClosed(SimStream stream)
    {
        if (stream.TryClose())
        {
            Tell(handler => handler.StreamClosed(stream));
        }
    }
}
