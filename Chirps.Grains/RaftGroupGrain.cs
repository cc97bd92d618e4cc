using Chirps.Node.Raft;
using Orleans.Concurrency;

namespace Chirps.Grains;

/// <summary>The door to a consensus group of the mesh node beside it.</summary>
[StatelessWorker, Reentrant]
public sealed class RaftGroupGrain(RaftGroupTable groups) : Grain, IRaftGroupGrain
{
    private long Id => this.GetPrimaryKeyLong();

    /// <inheritdoc />
    public Task Open()
    {
        groups.Open(Id);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task Close()
    {
        groups.Close(Id);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<bool> Send(NodeId target, ReadOnlyMemory<byte> message)
        => Task.FromResult(groups.Get(Id).Send(target.ToMemberId(), message.Span) == RaftSend.Taken);

    /// <inheritdoc />
    public async Task<ReadOnlyMemory<byte>?> Request(NodeId target, ReadOnlyMemory<byte> message, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await groups.Get(Id).RequestAsync(target.ToMemberId(), message, deadline, cancellationToken: cancellationToken);
        return answer.Outcome == RaftOutcome.Answered ? answer.Message : null;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RaftGroupMessage>> Receive(int max, TimeSpan wait, CancellationToken cancellationToken)
    {
        var group = groups.Get(Id);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(wait);
        try
        {
            await group.WaitToReceiveAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Array.Empty<RaftGroupMessage>();
        }

        var messages = new List<RaftGroupMessage>();
        while (messages.Count < max && group.TryReceive(out var delivery))
        {
            messages.Add(new RaftGroupMessage(delivery.From.ToNodeId(), delivery.Message.ToArray(), delivery.Correlation));
        }

        return messages.ToArray();
    }

    /// <inheritdoc />
    public Task<bool> Answer(RaftGroupMessage request, ReadOnlyMemory<byte> answer)
    {
        var delivery = new RaftDelivery(request.From.ToMemberId(), default, RaftMessageClass.Consensus, request.Correlation);
        return Task.FromResult(groups.Get(Id).Answer(delivery, answer.Span) == RaftSend.Taken);
    }
}
