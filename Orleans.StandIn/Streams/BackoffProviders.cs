namespace Orleans.Internal
{
    public interface IBackoffProvider
    {
        TimeSpan Next(int attempt);
    }
}

namespace Orleans.Runtime.Providers
{
    public interface IMessageDeliveryBackoffProvider : Internal.IBackoffProvider;

    public interface IQueueReaderBackoffProvider : Internal.IBackoffProvider;
}

namespace Orleans.Streams.StandIn
{
    /// <summary>Random delays between a lower bound and one that doubles with each attempt.</summary>
    internal sealed class ExponentialBackoff(TimeSpan min, TimeSpan max, TimeSpan step) : Runtime.Providers.IMessageDeliveryBackoffProvider, Runtime.Providers.IQueueReaderBackoffProvider
    {
        public TimeSpan Next(int attempt)
        {
            var ceiling = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds + (step.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 20))));
            return min + TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * (ceiling - min.TotalMilliseconds));
        }
    }
}
