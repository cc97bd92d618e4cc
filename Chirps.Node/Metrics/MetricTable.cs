using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Chirps.Node.Metrics;

/// <summary>
/// The instruments of one node, each defined once: published through a <see cref="Meter"/> for exporters, and
/// rendered as Prometheus text (exposition format 0.0.4) for scrapers. Both read the same numbers. Any thread.
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
        var text = new StringBuilder(32 * 1024);
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
        => Counter(name, unit, description, Labels(label, values));

    /// <summary>A counter with labels.</summary>
    internal CounterFamily Counter(string name, string unit, string description, MetricLabels labels)
    {
        var family = new CounterFamily(labels.Count);
        ObservedCounter(name, unit, description, labels, family.Read);
        return family;
    }

    /// <summary>A counter that somebody else counts.</summary>
    internal void ObservedCounter(string name, string unit, string description, string? label, string[] values, Func<int, long> read)
        => ObservedCounter(name, unit, description, Labels(label, values), read);

    /// <summary>A counter with labels that somebody else counts.</summary>
    internal void ObservedCounter(string name, string unit, string description, MetricLabels labels, Func<int, long> read)
    {
        _meter.CreateObservableCounter(name, () => Measure(labels, read), unit, description);
        Add(Prometheus(name, unit) + "_total", description, "counter", (text, row) => Render(text, row, labels, index => read(index)));
    }

    /// <summary>A value that goes up and down.</summary>
    internal void Gauge(string name, string unit, string description, Func<long> read)
    {
        _meter.CreateObservableGauge(name, read, unit, description);
        Add(Prometheus(name, unit), description, "gauge", (text, row) => Render(text, row, MetricLabels.None, _ => read()));
    }

    /// <summary>Values that go up and down, by label.</summary>
    internal void Gauge(string name, string unit, string description, MetricLabels labels, Func<int, double> read)
    {
        _meter.CreateObservableGauge(name, () => Measure(labels, read), unit, description);
        Add(Prometheus(name, unit), description, "gauge", (text, row) => Render(text, row, labels, read));
    }

    /// <summary>A distribution of durations in seconds.</summary>
    internal DurationHistogram Histogram(string name, string description) => Histogram(name, description, MetricLabels.None, DurationHistogram.Short);

    /// <summary>Distributions of durations in seconds, by label, counted in buckets up to the given bounds.</summary>
    internal DurationHistogram Histogram(string name, string description, MetricLabels labels, double[] bounds)
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds };
        var histogram = new DurationHistogram(_meter.CreateHistogram(name, "s", description, tags: null, advice), labels, bounds);
        Add(Prometheus(name, "s"), description, "histogram", histogram.Render);
        return histogram;
    }

    private static MetricLabels Labels(string? label, string[] values) => label is null ? MetricLabels.None : MetricLabels.Of(label, values);

    private static IEnumerable<Measurement<T>> Measure<T>(MetricLabels labels, Func<int, T> read)
        where T : struct
        => Enumerable.Range(0, labels.Count).Select(index => new Measurement<T>(read(index), labels.Tags(index)));

    private static void Render(StringBuilder text, string name, MetricLabels labels, Func<int, double> read)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            text.Append(name);
            if (labels.Text(index) is { Length: > 0 } tags)
            {
                text.Append('{').Append(tags).Append('}');
            }

            text.Append(' ').Append(read(index).ToString(CultureInfo.InvariantCulture)).Append('\n');
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
