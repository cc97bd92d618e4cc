using System.Runtime.CompilerServices;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

public sealed partial class IggyClient
{
    /// <summary>The partition in answers to polls of a partition the group member does not own any more (VSR).</summary>
    private const uint NotOwned = uint.MaxValue;

    /// <summary>Sends one message.</summary>
    /// <param name="stream">To which stream.</param>
    /// <param name="topic">To which topic.</param>
    /// <param name="partitioning">To which partition.</param>
    /// <param name="message">The message; its memory must stay as it is until the send has ended.</param>
    /// <param name="cancellationToken">Stops the waiting; the message may still be stored.</param>
    /// <returns>Where it was stored, when the server tells; a classic server does not.</returns>
    /// <exception cref="IggyException">The server refused, or there was no answer; see <see cref="IggyException.MayHaveTakenEffect"/>.</exception>
    public ValueTask<SendPlace?> SendAsync(IggyIdentifier stream, IggyIdentifier topic, Partitioning partitioning, IggyMessage message, CancellationToken cancellationToken = default)
        => SendAsync(new SendBody(stream, topic, partitioning, message, Now()), cancellationToken);

    /// <summary>Sends several messages, to one partition and all or none of them.</summary>
    /// <param name="stream">To which stream.</param>
    /// <param name="topic">To which topic.</param>
    /// <param name="partitioning">To which partition.</param>
    /// <param name="messages">At least one; their memory must stay as it is until the send has ended.</param>
    /// <param name="cancellationToken">Stops the waiting; the messages may still be stored.</param>
    /// <returns>Where the first was stored, when the server tells; a classic server does not.</returns>
    /// <exception cref="IggyException">The server refused, or there was no answer; see <see cref="IggyException.MayHaveTakenEffect"/>.</exception>
    public ValueTask<SendPlace?> SendAsync(IggyIdentifier stream, IggyIdentifier topic, Partitioning partitioning, ReadOnlyMemory<IggyMessage> messages, CancellationToken cancellationToken = default)
        => SendAsync(new SendBody(stream, topic, partitioning, messages, Now()), cancellationToken);

    /// <summary>Asks for messages. It does not wait for any: without messages the answer is empty.</summary>
    /// <param name="consumer">Who polls.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="topic">Which topic.</param>
    /// <param name="partition">Which partition; none: partition 0 for a consumer by itself, the next in turn of its own for a group member.</param>
    /// <param name="strategy">Where to begin.</param>
    /// <param name="count">Most messages to return.</param>
    /// <param name="autoCommit">Whether the server stores the last offset returned before it answers.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The messages, to be disposed of.</returns>
    /// <exception cref="IggyException">The server refused, or there was no answer, or one with a wrong checksum.</exception>
    public ValueTask<PolledMessages> PollAsync(
        IggyConsumer consumer,
        IggyIdentifier stream,
        IggyIdentifier topic,
        uint? partition,
        PollingStrategy strategy,
        int count,
        bool autoCommit = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var request = new PollRequest(consumer, stream, topic, partition, strategy, (uint)count, autoCommit);
        return consumer.IsGroup && partition is null ? PollOwnAsync(request, cancellationToken) : PollAsync(request, _core.DeadlineIn(_timeout), cancellationToken);
    }

    /// <summary>Makes the server write what it holds in memory of a partition.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="topic">Which topic.</param>
    /// <param name="partition">Which partition.</param>
    /// <param name="fsync">Whether the answer waits for stable storage.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="IggyException"><see cref="IggyStatus.FeatureUnavailable"/> from servers that speak VSR.</exception>
    public ValueTask FlushAsync(IggyIdentifier stream, IggyIdentifier topic, uint partition, bool fsync, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.FlushUnsavedBuffer, new FlushRequest(stream, topic, partition, fsync), cancellationToken);

    /// <summary>Asks where a consumer stands.</summary>
    /// <returns>Its offset, or none when none is stored or something named does not exist.</returns>
    public ValueTask<OffsetInfo?> GetOffsetAsync(IggyConsumer consumer, IggyIdentifier stream, IggyIdentifier topic, uint? partition, CancellationToken cancellationToken = default)
        => CallAsync<GetOffsetRequest, OffsetInfo?>(IggyCommand.GetConsumerOffset, new GetOffsetRequest(consumer, stream, topic, partition), Answers.OffsetOrNone, cancellationToken);

    /// <summary>Stores the last offset a consumer has processed; polling the next begins behind it.</summary>
    /// <exception cref="IggyException"><see cref="IggyStatus.InvalidOffset"/> above the newest message.</exception>
    public ValueTask StoreOffsetAsync(IggyConsumer consumer, IggyIdentifier stream, IggyIdentifier topic, uint? partition, ulong offset, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.StoreConsumerOffset, new StoreOffsetRequest(consumer, stream, topic, partition, offset), cancellationToken);

    /// <summary>Forgets the offset of a consumer.</summary>
    /// <exception cref="IggyException"><see cref="IggyStatus.ConsumerOffsetNotFound"/> when none is stored.</exception>
    public ValueTask DeleteOffsetAsync(IggyConsumer consumer, IggyIdentifier stream, IggyIdentifier topic, uint? partition, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeleteConsumerOffset, new DeleteOffsetRequest(consumer, stream, topic, partition), cancellationToken);

    /// <summary>What a group member may poll (VSR).</summary>
    internal ValueTask<GroupAssignment?> SyncGroupAsync(GroupTarget group, CancellationToken cancellationToken)
        => CallAsync<GroupTarget, GroupAssignment?>(IggyCommand.SyncGroup, group, Answers.AssignmentOrNone, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendPlace?> SendAsync(SendBody body, CancellationToken cancellationToken)
    {
        var deadline = _core.DeadlineIn(_timeout);
        if (body.Partitioning.Kind != PartitioningKind.Partition)
        {
            var connection = await _core.ConnectionAsync(deadline, cancellationToken).ConfigureAwait(false);
            if (connection.Dialect.Messages.RoutesAtClient)
            {
                body = body.To(await _router.PartitionAsync(body.Stream, body.Topic, body.Partitioning, cancellationToken).ConfigureAwait(false));
            }
        }

        var response = await _core.CallAsync(IggyCommand.SendMessages, body, deadline, cancellationToken, _failsAtOnce).ConfigureAwait(false);
        var read = SendPlace.TryRead(response.Payload, out var place);
        response.Return();
        return read ? place : throw IggyException.Malformed(IggyCommand.SendMessages);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PolledMessages> PollAsync(PollRequest request, long deadline, CancellationToken cancellationToken)
    {
        var response = await _core.CallAsync(IggyCommand.PollMessages, new RequestBody<PollRequest>(request), deadline, cancellationToken).ConfigureAwait(false);
        var status = response.Dialect.Messages.TryReadPoll(response.Payload, _core.Options.VerifyChecksums, out var reply);
        if (status == IggyStatus.Ok)
        {
            return new PolledMessages(response, reply);
        }

        response.Return();
        throw IggyException.Malformed(IggyCommand.PollMessages, status);
    }

    /// <summary>Polls for a group member that names no partition. Where the server does not choose one of the member's, the client does.</summary>
    private async ValueTask<PolledMessages> PollOwnAsync(PollRequest request, CancellationToken cancellationToken)
    {
        var deadline = _core.DeadlineIn(_timeout);
        var connection = await _core.ConnectionAsync(deadline, cancellationToken).ConfigureAwait(false);
        if (!connection.Dialect.Messages.RoutesAtClient)
        {
            return await PollAsync(request, deadline, cancellationToken).ConfigureAwait(false);
        }

        var group = new GroupTarget(request.Stream, request.Topic, request.Consumer.Id);
        var partition = await _router.OwnAsync(group, Logins, cancellationToken).ConfigureAwait(false);
        var polled = await PollAsync(request with { Partition = partition }, deadline, cancellationToken).ConfigureAwait(false);
        if (polled.Partition != NotOwned)
        {
            return polled;
        }

        polled.Dispose();
        _router.Forget(group);
        partition = await _router.OwnAsync(group, Logins, cancellationToken).ConfigureAwait(false);
        return await PollAsync(request with { Partition = partition }, deadline, cancellationToken).ConfigureAwait(false);
    }

    private ulong Now() => IggyTime.ToMicroseconds(_core.Options.Time.GetUtcNow());
}
