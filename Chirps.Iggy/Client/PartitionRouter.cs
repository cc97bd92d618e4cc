using System.Collections.Concurrent;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

/// <summary>Chooses partitions for servers that leave it to the client (VSR). Keeps what servers answered for a while.</summary>
/// <param name="client">Asks the server.</param>
/// <param name="time">The clock.</param>
internal sealed class PartitionRouter(IggyClient client, TimeProvider time)
{
    /// <summary>How long a topic's number of partitions is kept, as official clients do.</summary>
    private static readonly TimeSpan _topicAge = TimeSpan.FromSeconds(30);

    /// <summary>How long a group's assignment is kept: a member that was given more partitions is told by asking only.</summary>
    private static readonly TimeSpan _groupAge = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TopicTarget, KnownTopic> _topics = new();
    private readonly ConcurrentDictionary<GroupTarget, KnownGroup> _groups = new();

    /// <summary>The partition of a send.</summary>
    /// <exception cref="IggyException">The topic does not exist or has no partition, or the server did not answer.</exception>
    public async ValueTask<uint> PartitionAsync(IggyIdentifier stream, IggyIdentifier topic, Partitioning partitioning, CancellationToken cancellationToken)
    {
        var target = new TopicTarget(stream, topic);
        if (!_topics.TryGetValue(target, out var known) || time.GetElapsedTime(known.Asked) > _topicAge)
        {
            var details = await client.GetTopicAsync(stream, topic, cancellationToken).ConfigureAwait(false);
            known = new KnownTopic(details?.Topic.Partitions ?? 0, time.GetTimestamp(), known?.Turns ?? 0);
            _topics[target] = known;
        }

        if (known.Partitions == 0)
        {
            throw IggyException.Refused(IggyCommand.SendMessages, IggyStatus.TopicNotFound);
        }

        return partitioning.Kind == PartitioningKind.Key ? Partitioning.PartitionOf(partitioning.Key.Span, known.Partitions) : known.NextTurn();
    }

    /// <summary>The next partition in turn of those a group member owns.</summary>
    /// <param name="group">The group.</param>
    /// <param name="login">Which login the membership belongs to.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="IggyException">The client is no member or owns no partition, or the server did not answer.</exception>
    public async ValueTask<uint> OwnAsync(GroupTarget group, long login, CancellationToken cancellationToken)
    {
        if (!_groups.TryGetValue(group, out var known) || known.Login != login || time.GetElapsedTime(known.Asked) > _groupAge)
        {
            var assignment = await client.SyncGroupAsync(group, cancellationToken).ConfigureAwait(false);
            known = new KnownGroup(assignment?.Partitions ?? [], login, time.GetTimestamp());
            _groups[group] = known;
        }

        return known.Partitions.Count > 0 ? known.NextTurn() : throw IggyException.Refused(IggyCommand.PollMessages, IggyStatus.NotAMember);
    }

    /// <summary>Asks for a group's assignment again next time.</summary>
    public void Forget(GroupTarget group) => _groups.TryRemove(group, out _);

    private sealed class KnownTopic(uint partitions, long asked, uint turns)
    {
        private uint _turns = turns;

        public uint Partitions { get; } = partitions;

        public long Asked { get; } = asked;

        public uint Turns => Volatile.Read(ref _turns);

        public uint NextTurn() => (Interlocked.Increment(ref _turns) - 1) % Partitions;
    }

    private sealed class KnownGroup(IReadOnlyList<uint> partitions, long login, long asked)
    {
        private uint _turns;

        public IReadOnlyList<uint> Partitions { get; } = partitions;

        public long Login { get; } = login;

        public long Asked { get; } = asked;

        public uint NextTurn() => Partitions[(int)((Interlocked.Increment(ref _turns) - 1) % (uint)Partitions.Count)];
    }
}
