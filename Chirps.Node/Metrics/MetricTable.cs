using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Chirps.Node.Metrics;

/// <summary>
/// The instruments of one node, each defined once: published through a <see cref="Meter"/> for exporters, and
/// rendered as Prometheus text (exposition format 0.0.4) for scrapers. Any thread.
/// </summary>
public sealed class MetricTable
{
    private readonly Meter _meter;
    private readonly List<(string Name, string Help, string Type, Action<StringBuilder, string> Render)> _rows = [];

    internal MetricTable(Meter meter) => _meter = meter;

    /// <summary>The label value for a name of an enumeration: <c>SubscriberFull</c> becomes <c>subscriber_full</c>.</summary>
    internal static string Label(string name)
        => string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    /// <summary>Renders every instrument. The name is the instrument's with underscores, its unit and, for counters, <c>_total</c>.</summary>
    public string ToPrometheusText()
    {
        var text = new StringBuilder(4096);
        lock (_rows)
        {
            foreach (var (name, help, type, render) in _rows)
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
                text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
                render(text, name);
            }
        }

        return text.ToString();
    }

    /// <summary>A counter with one label of which all values are known, or none.</summary>
    internal CounterFamily Counter(string name, string unit, string description, string? label = null, params string[] values)
    {
        var family = new CounterFamily(label is null ? 1 : values.Length);
        ObservedCounter(name, unit, description, label, values, family.Read);
        return family;
    }

    /// <summary>A counter that somebody else counts.</summary>
    internal void ObservedCounter(string name, string unit, string description, string? label, string[] values, Func<int, long> read)
    {
        _meter.CreateObservableCounter(name, () => Measure(label, values, read), unit, description);
        Add(Prometheus(name, unit) + "_total", description, "counter", (text, row) => RenderAll(text, row, label, values, read));
    }

    /// <summary>A value that goes up and down.</summary>
    internal void Gauge(string name, string unit, string description, Func<long> read)
    {
        _meter.CreateObservableGauge(name, read, unit, description);
        Add(Prometheus(name, unit), description, "gauge", (text, row) => RenderAll(text, row, null, [], _ => read()));
    }

    /// <summary>A distribution of durations in seconds.</summary>
    internal DurationHistogram Histogram(string name, string description)
    {
        var histogram = new DurationHistogram(_meter.CreateHistogram<double>(name, "s", description));
        Add(Prometheus(name, "s"), description, "histogram", histogram.Render);
        return histogram;
    }

    private static IEnumerable<Measurement<long>> Measure(string? label, string[] values, Func<int, long> read)
        => label is null
            ? [new Measurement<long>(read(0))]
            : values.Select((value, index) => new Measurement<long>(read(index), new KeyValuePair<string, object?>(label, value)));

    private static void RenderAll(StringBuilder text, string name, string? label, string[] values, Func<int, long> read)
    {
        if (label is null)
        {
            text.Append(name).Append(' ').Append(read(0)).Append('\n');
            return;
        }

        for (var index = 0; index < values.Length; index++)
        {
            text.Append(name).Append('{').Append(label).Append("=\"").Append(values[index]).Append("\"} ").Append(read(index)).Append('\n');
        }
    }

    private static string Prometheus(string name, string unit)
        => name.Replace('.', '_') + (unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" });

    private void Add(string name, string help, string type, Action<StringBuilder, string> render)
    {
        lock (_rows)
        {
            _rows.Add((name, help, type, render));
        }
    }
}

/// <summary>A counter per label value.</summary>
internal sealed class CounterFamily(int values)
{
    private readonly long[] _counts = new long[values];

    public void Add(int index = 0, long count = 1) => Interlocked.Add(ref _counts[index], count);

    public long Read(int index) => Interlocked.Read(ref _counts[index]);
}

/// <summary>Durations, counted in fixed buckets from 50 microseconds to 5 seconds.</summary>
internal sealed class DurationHistogram(Histogram<double> instrument)
{
    private static readonly double[] _bounds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    private readonly long[] _counts = new long[_bounds.Length + 1];
    private long _sumMicroseconds;

    public void Record(TimeSpan duration)
    {
        var seconds = duration.TotalSeconds;
        var bucket = Array.BinarySearch(_bounds, seconds);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        Interlocked.Add(ref _sumMicroseconds, (long)duration.TotalMicroseconds);
        instrument.Record(seconds);
    }

    public void Render(StringBuilder text, string name)
    {
        long total = 0;
        for (var index = 0; index < _counts.Length; index++)
        {
            total += Interlocked.Read(ref _counts[index]);
            var bound = index < _bounds.Length ? _bounds[index].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(name).Append("_bucket{le=\"").Append(bound).Append("\"} ").Append(total).Append('\n');
        }

        var sum = Interlocked.Read(ref _sumMicroseconds) / 1e6;
        text.Append(name).Append("_sum ").Append(sum.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append(name).Append("_count ").Append(total).Append('\n');
    }
}
