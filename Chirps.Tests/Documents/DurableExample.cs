using System.Text.Json;
using Orleans.Streams;

namespace Chirps.Tests.Documents;

public interface IBilling : IGrainWithStringKey
{
    Task Place(string customer, decimal total);
}

// <sample>
public sealed record Order(string Customer, decimal Total);

public sealed class BillingGrain : Grain, IBilling, IAsyncObserver<DurableEntry>
{
    private IAsyncStream<DurableEntry> Orders => this.GetStreamProvider(ChirpsStreams.DurableProvider).GetStream<DurableEntry>(ChirpsStreams.Durable("orders"));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var place = DurableToken.Resume($"billing-{this.GetPrimaryKeyString()}");
        var handles = await Orders.GetAllSubscriptionHandles();
        if (handles.Count == 0)
        {
            await Orders.SubscribeAsync(this, place);
        }

        foreach (var handle in handles)
        {
            await handle.ResumeAsync(this, place);
        }
    }

    public Task Place(string customer, decimal total)
        => Orders.OnNextAsync(new DurableEntry(JsonSerializer.SerializeToUtf8Bytes(new Order(customer, total)), Key: customer, MessageId: Guid.NewGuid()));

    public Task OnNextAsync(DurableEntry entry, StreamSequenceToken? token = null)
        => Billing.Charge(JsonSerializer.Deserialize<Order>(entry.Payload.Span)!, entry.MessageId);

    public Task OnErrorAsync(Exception ex) => ex is DurableGapException gap ? Billing.Reconcile(gap.Wanted, gap.First) : Task.CompletedTask;
}
// </sample>

/// <summary>What the sample leaves out: where the money is.</summary>
internal static class Billing
{
    public static Task Charge(Order order, Guid messageId)
        => order.Total < 0 ? Task.FromException(new ArgumentException($"{messageId} charges {order.Customer} less than nothing.")) : Task.CompletedTask;

    public static Task Reconcile(ulong wanted, ulong first)
        => first < wanted ? Task.FromException(new ArgumentException("A gap does not go back.")) : Task.CompletedTask;
}
