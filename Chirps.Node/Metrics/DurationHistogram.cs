using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Chirps.Node.Metrics;

/// <summary>Durations, counted in fixed buckets. Recording allocates nothing. Any thread.</summary>
internal sealed class DurationHistogram
{
    /// <summary>From 50 microseconds to 5 seconds: messages and round trips.</summary>
    public static readonly double[] Short = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    /// <summary>From 100 milliseconds to five minutes: what takes the protocol several periods.</summary>
    public static readonly double[] Long = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300];

    private readonly Histogram<double> _instrument;
    private readonly MetricLabels _labels;
    private readonly double[] _bounds;
    private readonly long[][] _counts;
    private readonly long[] _sumMicroseconds;

    public DurationHistogram(Histogram<double> instrument, MetricLabels labels, double[] bounds)
    {
        _instrument = instrument;
        _labels = labels;
        _bounds = bounds;
        _counts = [.. Enumerable.Range(0, labels.Count).Select(_ => new long[bounds.Length + 1])];
        _sumMicroseconds = new long[labels.Count];
    }

    public void Record(TimeSpan duration) => Record(duration, 0);

    /// <summary>Counts a duration in the series of a label.</summary>
    public void Record(TimeSpan duration, int index)
    {
        var seconds = duration.TotalSeconds;
        var bucket = Array.BinarySearch(_bounds, seconds);
        Interlocked.Increment(ref _counts[index][bucket < 0 ? ~bucket : bucket]);
        Interlocked.Add(ref _sumMicroseconds[index], (long)duration.TotalMicroseconds);
        _instrument.Record(seconds, _labels.Tags(index));
    }

    public void Render(StringBuilder text, string name)
    {
        for (var index = 0; index < _labels.Count; index++)
        {
            Render(text, name, index);
        }
    }

    private void Render(StringBuilder text, string name, int index)
    {
        var labels = _labels.Text(index);
        var separator = labels.Length > 0 ? "," : "";
        var suffix = labels.Length > 0 ? $"{{{labels}}} " : " ";
        long total = 0;
        for (var bucket = 0; bucket <= _bounds.Length; bucket++)
        {
            total += Interlocked.Read(ref _counts[index][bucket]);
            var bound = bucket < _bounds.Length ? _bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(name).Append("_bucket{").Append(labels).Append(separator).Append("le=\"").Append(bound).Append("\"} ").Append(total).Append('\n');
        }

        var sum = Interlocked.Read(ref _sumMicroseconds[index]) / 1e6;
        text.Append(name).Append("_sum").Append(suffix).Append(sum.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append(name).Append("_count").Append(suffix).Append(total).Append('\n');
    }
}
