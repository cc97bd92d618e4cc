using System.Runtime.InteropServices;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Sending and polling.</summary>
internal sealed partial class CommandHandler
{
    /// <summary>What a VSR server says instead of a partition to who polls one that is not his.</summary>
    private const uint NoPartition = uint.MaxValue;

    private async ValueTask<IggyStatus> SendAsync(Request request)
    {
        var status = TryRoute(request, out var send);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        using var converted = send.Converted;
        var result = await send.Partition.Log.AppendAsync(send.Messages, send.Count, request.Client.IsAlone).ConfigureAwait(false);
        if (request.Client.WantsPlaces)
        {
            var isVsr = request.Client.Dialect.Messages.RoutesAtClient;
            SendPlace.Write(request.Reply, send.Stream, send.Topic, new SendPlace(send.Partition.Id, result.FirstOffset) { Offsets = isVsr ? null : result.Offsets });
        }

        return IggyStatus.Ok;
    }

    private IggyStatus TryRoute(Request request, out RoutedSend routed)
    {
        routed = default;
        var routesAtClient = request.Client.Dialect.Messages.RoutesAtClient;
        var status = request.Client.Dialect.Messages.TryReadSend(request.Payload.Span, out var send);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        status = TryFind(send.Stream, send.Topic, out var stream, out var topic, out var open);
        var partition = status == IggyStatus.Ok ? open.Route(send.Partitioning) : null;
        if (partition is null)
        {
            var missing = status != IggyStatus.Ok ? status : open.Partitions.Length == 0 ? IggyStatus.TopicNotFound : IggyStatus.PartitionNotFound;
            return routesAtClient ? IggyStatus.ResourceNotFound : missing;
        }

        if (send.Layout == MessageLayout.Classic)
        {
            routed = new RoutedSend(stream.Id, topic.Id, partition, request.Payload[^send.Area.Length..], (int)send.Count, null);
            return IggyStatus.Ok;
        }

        var converted = new WireBuffer(send.Area.Length);
        foreach (var message in send.Messages)
        {
            ClassicMessage.Write(converted, message);
        }

        routed = new RoutedSend(stream.Id, topic.Id, partition, MemoryMarshal.AsMemory(converted.Memory), (int)send.Count, converted);
        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> PollAsync(Request request)
    {
        if (!request.TryRead(out PollRequest poll))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryPlace(request.Client, poll.Stream, poll.Topic, poll.Consumer, poll.Partition, takesTurn: true, out var place);
        if (status == IggyStatus.PartitionNotOwned)
        {
            var vsr = request.Client.Dialect.Messages.RoutesAtClient;
            new PollReplyWriter(request.Reply, request.Client.Dialect.Messages.Layout, vsr ? NoPartition : 0, 0).Finish();
            return IggyStatus.Ok;
        }

        if (status != IggyStatus.Ok)
        {
            return status;
        }

        var read = Read(request, poll, place);
        if (poll.AutoCommit && read.Count > 0)
        {
            await Storage.Offsets.StoreAsync(place.Key, read.LastOffset).ConfigureAwait(false);
        }

        return IggyStatus.Ok;
    }

    private LogRead Read(Request request, in PollRequest poll, in OffsetPlace place)
    {
        var log = place.Partition.Log;
        var layout = request.Client.Dialect.Messages.Layout;
        var writer = new PollReplyWriter(request.Reply, layout, place.Partition.Id, place.Partition.CurrentOffset);
        var offset = poll.Strategy.Kind switch
        {
            PollingKind.Offset => poll.Strategy.Value,
            PollingKind.Timestamp => log.OffsetAt(poll.Strategy.Value),
            PollingKind.Last => log.NextOffset - Math.Min(log.NextOffset, poll.Count),
            PollingKind.Next => Storage.Offsets.Find(place.Key) + 1 ?? 0UL,
            _ => 0UL,
        };
        LogRead read;
        if (layout == MessageLayout.Classic)
        {
            read = log.Read(offset, poll.Count, server.Options.PollBytesMax, request.Reply);
            writer.AddClassic([], (uint)read.Count);
        }
        else
        {
            using var stored = new WireBuffer();
            read = log.Read(offset, poll.Count, server.Options.PollBytesMax, stored);
            foreach (var message in new MessageReader(stored.Span, MessageLayout.Classic))
            {
                writer.Add(message);
            }
        }

        writer.Finish();
        return read;
    }

    /// <summary>A send whose partition is known.</summary>
    /// <param name="Stream">The stream's number.</param>
    /// <param name="Topic">The topic's number.</param>
    /// <param name="Partition">The partition.</param>
    /// <param name="Messages">The messages as they are stored.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Converted">What holds them when they came in another layout.</param>
    private readonly record struct RoutedSend(uint Stream, uint Topic, ServerPartition Partition, Memory<byte> Messages, int Count, WireBuffer? Converted);
}
