namespace Chirps.Node.Metrics;

/// <summary>The labels of one instrument. Every value is known beforehand, so that nothing a peer does makes a new series.</summary>
internal sealed class MetricLabels
{
    private readonly KeyValuePair<string, object?>[][] _tags;
    private readonly string[] _text;

    private MetricLabels(KeyValuePair<string, object?>[][] tags)
    {
        _tags = tags;
        _text = [.. tags.Select(set => string.Join(',', set.Select(tag => $"{tag.Key}=\"{Escape((string)tag.Value!)}\"")))];
    }

    /// <summary>No label: one series.</summary>
    public static MetricLabels None { get; } = new([[]]);

    /// <summary>How many series there are.</summary>
    public int Count => _tags.Length;

    /// <summary>One label, a series for each value.</summary>
    public static MetricLabels Of(string name, params IEnumerable<string> values)
        => new([.. values.Select(value => new[] { new KeyValuePair<string, object?>(name, value) })]);

    /// <summary>One label with the names of an enumeration, <c>SubscriberFull</c> as <c>subscriber_full</c>.</summary>
    /// <param name="name">The label.</param>
    /// <param name="skipped">How many names to leave out at the beginning: one for an enumeration that begins with None.</param>
    public static MetricLabels Of<T>(string name, int skipped = 0)
        where T : struct, Enum
        => Of(name, Enum.GetNames<T>()[skipped..].Select(MetricTable.Label));

    /// <summary>A further label: a series for each pair of values. The index of a pair is <c>index * values + further index</c>.</summary>
    public MetricLabels By(MetricLabels other) => new([.. _tags.SelectMany(_ => other._tags, (left, right) => (KeyValuePair<string, object?>[])[.. left, .. right])]);

    /// <summary>The labels of a series, for a meter.</summary>
    public KeyValuePair<string, object?>[] Tags(int index) => _tags[index];

    /// <summary>The labels of a series as Prometheus writes them, without the braces.</summary>
    public string Text(int index) => _text[index];

    private static string Escape(string value)
        => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
