using System.Collections.Concurrent;

namespace Orleans.Runtime.StandIn;

/// <summary>Ends calls whose response is late. Calls with the same limit form a line, oldest first, so adding and removing one costs nothing much.</summary>
internal sealed class Deadlines : IDisposable
{
    private readonly ConcurrentDictionary<TimeSpan, Line> _lines = new();
    private readonly Timer _sweep;

    public Deadlines()
    {
        var period = TimeSpan.FromMilliseconds(25);
        using (ExecutionContext.SuppressFlow())
        {
            _sweep = new(static state => ((Deadlines)state!).Sweep(), this, period, period);
        }
    }

    public void Add(GrainCall call, TimeSpan limit)
    {
        if (limit != Timeout.InfiniteTimeSpan)
        {
            (_lines.TryGetValue(limit, out var line) ? line : _lines.GetOrAdd(limit, static limit => new(limit))).Append(call);
        }
    }

    public void Remove(GrainCall call) => call.Line?.Remove(call);

    public void Dispose() => _sweep.Dispose();

    private void Sweep()
    {
        var now = Environment.TickCount64;
        foreach (var line in _lines.Values)
        {
            while (line.TakeIfDue(now) is { } late)
            {
                late.TimedOut(line.Limit);
            }
        }
    }

    internal sealed class Line(TimeSpan limit)
    {
        private readonly Lock _gate = new();
        private readonly long _milliseconds = Math.Max(1, (long)limit.TotalMilliseconds);
        private GrainCall? _oldest;
        private GrainCall? _newest;

        public TimeSpan Limit { get; } = limit;

        public void Append(GrainCall call)
        {
            call.Deadline = Environment.TickCount64 + _milliseconds;
            lock (_gate)
            {
                call.Line = this;
                call.Earlier = _newest;
                _ = _newest is null ? _oldest = call : _newest.Later = call;
                _newest = call;
            }
        }

        public void Remove(GrainCall call)
        {
            lock (_gate)
            {
                if (call.Line is null)
                {
                    return;
                }

                _ = call.Earlier is null ? _oldest = call.Later : call.Earlier.Later = call.Later;
                _ = call.Later is null ? _newest = call.Earlier : call.Later.Earlier = call.Earlier;
                (call.Line, call.Earlier, call.Later) = (null, null, null);
            }
        }

        public GrainCall? TakeIfDue(long now)
        {
            GrainCall? call;
            lock (_gate)
            {
                call = _oldest;
            }

            if (call is null || call.Deadline > now)
            {
                return null;
            }

            Remove(call);
            return call;
        }
    }
}
