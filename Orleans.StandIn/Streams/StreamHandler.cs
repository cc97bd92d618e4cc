using Orleans.Serialization.StandIn;

namespace Orleans.Streams.StandIn;

/// <summary>An observer, without its type argument.</summary>
internal abstract class StreamHandler
{
    public abstract Task OnBatchAsync(IBatchContainer batch);

    public abstract Task OnErrorAsync(Exception exception);

    /// <summary>The events of a batch, all of them wherever in it the subscription begins, as copies where they leave the silo.</summary>
    protected static IEnumerable<Tuple<T, StreamSequenceToken>> Events<T>(IBatchContainer batch, bool external)
        => batch.GetEvents<T>().Select(e => external ? Tuple.Create(Copiers.Copy(e.Item1, external: true)!, e.Item2) : e);
}

internal sealed class ItemHandler<T>(IAsyncObserver<T> observer, bool external) : StreamHandler
{
    public override async Task OnBatchAsync(IBatchContainer batch)
    {
        foreach (var (item, token) in Events<T>(batch, external))
        {
            _ = batch.ImportRequestContext();
            await observer.OnNextAsync(item, token);
        }
    }

    public override Task OnErrorAsync(Exception exception) => observer.OnErrorAsync(exception);
}

internal sealed class BatchHandler<T>(IAsyncBatchObserver<T> observer, bool external) : StreamHandler
{
    public override async Task OnBatchAsync(IBatchContainer batch)
    {
        _ = batch.ImportRequestContext();
        List<SequentialItem<T>> items = [.. Events<T>(batch, external).Select(static e => new SequentialItem<T>(e.Item1, e.Item2))];
        if (items.Count > 0)
        {
            await observer.OnNextAsync(items);
        }
    }

    public override Task OnErrorAsync(Exception exception) => observer.OnErrorAsync(exception);
}
