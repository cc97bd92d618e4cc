namespace Chirps.Silo.Demo;

/// <content>Durable messages: a node that was away, and a host that is killed.</content>
internal sealed partial class DemoRun
{
    private const string Channel = "demo";
    private const int Missed = 20;
    private const int PublishedAtOnce = 10;
    private const int EnoughAcknowledged = 50;
    private static readonly TimeSpan _publishPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _durableTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The node that began the mesh hosts the server.</summary>
    private DemoNode Host => nodes[0];

    /// <summary>Stores broadcasts while a node is away.</summary>
    /// <returns>Where the first of them lies.</returns>
    private async Task<SendReceipt> StoreBroadcasts(DemoNode absent, CancellationToken cancellationToken)
    {
        display.Step($"{Missed} Durable broadcasts while {absent.Name} is away");
        await Until($"{Host.Name} reaches its server of durable messages", _durableTimeout, async () => (await Host.ChannelsAsync(cancellationToken)).Server.Connected, cancellationToken);
        var receipts = new List<SendReceipt>();
        for (var number = 0; number < Missed; number++)
        {
            receipts.Add((await Host.BroadcastAsync(Topic, MessageProfile.Durable, $"missed {number}", cancellationToken)).Stored!);
        }

        return receipts.Find(receipt => receipt is not { Outcome: SendOutcome.Persisted, Offset: not null }) is { } bad
            ? throw new DemoException($"a Durable broadcast was not stored: {bad}")
            : receipts[0];
    }

    /// <summary>The node that was away reads what it missed.</summary>
    /// <returns>How many of the broadcasts it has.</returns>
    private async Task<int> Replay(DemoNode back, SendReceipt first, CancellationToken cancellationToken)
    {
        display.Step($"{back.Name} replays them from offset {first.Offset}");
        await Until($"{back.Name} reaches the server", _durableTimeout, async () => (await back.ChannelsAsync(cancellationToken)).Server.Connected, cancellationToken);
        var messages = await back.ReplayAsync($"chirps.broadcast&partition={first.Partition}&from={first.Offset}", cancellationToken);
        var texts = messages.Select(message => message.Text).ToList();
        return texts.SequenceEqual(Enumerable.Range(0, Missed).Select(number => $"missed {number}"))
            ? texts.Count
            : throw new DemoException($"{back.Name} did not replay the {Missed} broadcasts in order, but {string.Join(", ", texts)}");
    }

    /// <summary>The host is killed and started again while another node publishes.</summary>
    /// <returns>How many messages were acknowledged; all of them are there.</returns>
    private async Task<int> KillHost(DemoNode publisher, CancellationToken cancellationToken)
    {
        display.Step($"killing {Host.Name}, which hosts the durable messages, while {publisher.Name} publishes");
        using var enough = new CancellationTokenSource();
        var begun = DateTimeOffset.UtcNow;
        var counts = new PublishCounts();
        var publishing = PublishAsync(publisher, counts, enough.Token, cancellationToken);
        await AcknowledgedAsync(publishing, counts, EnoughAcknowledged, cancellationToken);
        var before = Host.Seen!.Members.First(member => member.Id.Value == Host.Name).Generation;
        await Host.KillAsync(cancellationToken);
        await AcknowledgedAsync(publishing, counts, counts.Acknowledged + EnoughAcknowledged, cancellationToken);

        display.Step($"starting {Host.Name} again; what {publisher.Name} queued on its disk follows");
        await Host.StartAgainAsync(cancellationToken);
        await Host.JoinAsync(publisher.Mesh, cancellationToken);
        await Host.WatchAsync(Topic);
        await Until($"{publisher.Name} has emptied its outbox", _durableTimeout, async () => (await publisher.ChannelsAsync(cancellationToken)) is { Server.Connected: true, Outbox.Messages: 0 }, cancellationToken);
        await AcknowledgedAsync(publishing, counts, counts.Acknowledged + EnoughAcknowledged, cancellationToken);
        await enough.CancelAsync();
        await publishing;
        await Until("the outbox is empty again", _durableTimeout, async () => (await publisher.ChannelsAsync(cancellationToken)).Outbox.Messages == 0, cancellationToken);
        await Until(
            $"everybody sees {Host.Name} alive again",
            _joinTimeout,
            () => Running.All(node => node.Seen?.Members.Any(member => member.Id.Value == Host.Name && member.State == MemberState.Alive && member.Generation > before) == true),
            cancellationToken);

        var stored = await publisher.ReplayAsync($"{Channel}&from={begun.UtcDateTime:O}", cancellationToken);
        var distinct = stored.Select(message => message.MessageId).Distinct().Count();
        return distinct == stored.Count && distinct >= counts.Acknowledged && distinct <= counts.Acknowledged + counts.Unknown
            ? counts.Acknowledged
            : throw new DemoException($"{counts.Acknowledged} messages were acknowledged and of {counts.Unknown} it is not known, but {stored.Count} are stored, {distinct} different ones");
    }

    private static async Task PublishAsync(DemoNode publisher, PublishCounts counts, CancellationToken enough, CancellationToken cancellationToken)
    {
        while (!enough.IsCancellationRequested)
        {
            var outcomes = await publisher.PublishAsync(Channel, PublishedAtOnce, cancellationToken);
            foreach (var (outcome, count) in outcomes)
            {
                counts.Add(outcome, count);
            }

            await Task.Delay(_publishPause, cancellationToken);
        }
    }

    private async Task AcknowledgedAsync(Task publishing, PublishCounts counts, int wanted, CancellationToken cancellationToken)
    {
        await Until($"{wanted} messages are acknowledged", _durableTimeout, () => publishing.IsCompleted || counts.Acknowledged >= wanted, cancellationToken);
        if (publishing.IsCompleted)
        {
            await publishing;
        }
    }

    /// <summary>What became of published messages.</summary>
    private sealed class PublishCounts
    {
        private volatile int _acknowledged;

        public int Acknowledged => _acknowledged;

        /// <summary>Messages that may be stored.</summary>
        public int Unknown { get; private set; }

        public void Add(string outcome, int count)
        {
            if (outcome is nameof(SendOutcome.Persisted) or nameof(SendOutcome.Queued))
            {
                _acknowledged += count;
            }
            else if (outcome.StartsWith(nameof(SendOutcome.Unknown), StringComparison.Ordinal))
            {
                Unknown += count;
            }
            else
            {
                throw new DemoException($"{count} messages were not taken: {outcome}");
            }
        }
    }
}
