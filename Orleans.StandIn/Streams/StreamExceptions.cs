namespace Orleans.Streams;

[GenerateSerializer]
public class DataNotAvailableException : OrleansException
{
    public DataNotAvailableException(string message)
        : base(message)
    {
    }

    public DataNotAvailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A position was asked for that is older than anything still in the cache.</summary>
[GenerateSerializer]
public sealed class QueueCacheMissException : DataNotAvailableException
{
    public QueueCacheMissException(string message)
        : base(message)
    {
    }

    public QueueCacheMissException(StreamSequenceToken? requested, StreamSequenceToken? low, StreamSequenceToken? high)
        : base($"Item not found in cache.  Requested: {requested}, Low: {low}, High: {high}")
    {
        Requested = requested?.ToString();
        Low = low?.ToString();
        High = high?.ToString();
    }

    [Id(0)]
    public string? Requested { get; private set; }

    [Id(1)]
    public string? Low { get; private set; }

    [Id(2)]
    public string? High { get; private set; }
}

/// <summary>An event was given up after the maximum delivery time.</summary>
[GenerateSerializer]
public sealed class StreamEventDeliveryFailureException(string message) : OrleansException(message);

[GenerateSerializer]
public sealed class FaultedSubscriptionException(string message) : OrleansException(message);
