using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Client;

/// <summary>Reads the payloads of answers. An empty answer to a question for one thing means that there is none.</summary>
internal static class Answers
{
    public static bool Stream(ref WireReader reader, IBodyCodec bodies, out StreamInfo stream) => bodies.TryReadStream(ref reader, out stream!);

    public static bool Streams(ref WireReader reader, IBodyCodec bodies, out IReadOnlyList<StreamInfo> streams) => Many(ref reader, bodies, Stream, out streams);

    public static bool StreamOrNone(ref WireReader reader, IBodyCodec bodies, out StreamDetails? details)
    {
        details = null;
        if (reader.IsEmpty)
        {
            return true;
        }

        if (!bodies.TryReadStream(ref reader, out var stream) || !Many<TopicInfo>(ref reader, bodies, TopicRecord, out var topics))
        {
            return false;
        }

        details = new StreamDetails(stream, topics);
        return true;
    }

    public static bool Topic(ref WireReader reader, IBodyCodec bodies, out TopicDetails details)
    {
        details = null!;
        if (!bodies.TryReadTopicRecord(ref reader, out var topic) || !Many<PartitionInfo>(ref reader, bodies, Partition, out var partitions))
        {
            return false;
        }

        details = new TopicDetails(topic, partitions);
        return true;
    }

    public static bool TopicOrNone(ref WireReader reader, IBodyCodec bodies, out TopicDetails? details)
    {
        details = null;
        return reader.IsEmpty || Topic(ref reader, bodies, out details);
    }

    public static bool Topics(ref WireReader reader, IBodyCodec bodies, out IReadOnlyList<TopicInfo> topics)
    {
        topics = [];
        return reader.IsEmpty || (bodies.TrySkipTopicCount(ref reader) && Many(ref reader, bodies, TopicRecord, out topics));
    }

    public static bool OffsetOrNone(ref WireReader reader, IBodyCodec bodies, out OffsetInfo? offset)
    {
        offset = null;
        if (reader.IsEmpty)
        {
            return true;
        }

        var read = OffsetInfo.TryRead(ref reader, out var value);
        offset = value;
        return read;
    }

    public static bool Group(ref WireReader reader, IBodyCodec bodies, out GroupInfo group) => GroupInfo.TryRead(ref reader, out group!);

    public static bool Groups(ref WireReader reader, IBodyCodec bodies, out IReadOnlyList<GroupInfo> groups) => Many(ref reader, bodies, Group, out groups);

    public static bool GroupOrNone(ref WireReader reader, IBodyCodec bodies, out GroupDetails? details)
    {
        details = null;
        if (reader.IsEmpty)
        {
            return true;
        }

        if (!GroupInfo.TryRead(ref reader, out var group) || !Many<GroupMember>(ref reader, bodies, Member, out var members))
        {
            return false;
        }

        details = new GroupDetails(group, members);
        return true;
    }

    public static bool AssignmentOrNone(ref WireReader reader, IBodyCodec bodies, out GroupAssignment? assignment)
    {
        assignment = null;
        return reader.IsEmpty || GroupAssignment.TryRead(ref reader, out assignment);
    }

    public static bool ClientOrNone(ref WireReader reader, IBodyCodec bodies, out ClientDetails? details)
    {
        details = null;
        if (reader.IsEmpty)
        {
            return true;
        }

        if (!ClientInfo.TryRead(ref reader, out var client) || !Many<GroupMembership>(ref reader, bodies, Membership, out var memberships))
        {
            return false;
        }

        details = new ClientDetails(client, memberships);
        return true;
    }

    public static bool Clients(ref WireReader reader, IBodyCodec bodies, out IReadOnlyList<ClientInfo> clients) => Many(ref reader, bodies, Client, out clients);

    public static bool Stats(ref WireReader reader, IBodyCodec bodies, out ServerStats stats) => ServerStats.TryRead(ref reader, out stats!);

    public static bool Cluster(ref WireReader reader, IBodyCodec bodies, out ClusterInfo cluster) => ClusterInfo.TryRead(ref reader, out cluster!);

    public static bool Token(ref WireReader reader, IBodyCodec bodies, out string token) => reader.TryReadName(out token);

    public static bool Tokens(ref WireReader reader, IBodyCodec bodies, out IReadOnlyList<TokenInfo> tokens) => Many(ref reader, bodies, TokenRecord, out tokens);

    private static bool TopicRecord(ref WireReader reader, IBodyCodec bodies, out TopicInfo topic) => bodies.TryReadTopicRecord(ref reader, out topic!);

    private static bool Partition(ref WireReader reader, IBodyCodec bodies, out PartitionInfo partition) => PartitionInfo.TryRead(ref reader, out partition!);

    private static bool Member(ref WireReader reader, IBodyCodec bodies, out GroupMember member) => GroupMember.TryRead(ref reader, out member!);

    private static bool Membership(ref WireReader reader, IBodyCodec bodies, out GroupMembership membership) => GroupMembership.TryRead(ref reader, out membership);

    private static bool Client(ref WireReader reader, IBodyCodec bodies, out ClientInfo client) => ClientInfo.TryRead(ref reader, out client!);

    private static bool TokenRecord(ref WireReader reader, IBodyCodec bodies, out TokenInfo token) => TokenInfo.TryRead(ref reader, out token!);

    private static bool Many<T>(ref WireReader reader, IBodyCodec bodies, AnswerReader<T> read, out IReadOnlyList<T> records)
    {
        var list = new List<T>();
        records = list;
        while (!reader.IsEmpty)
        {
            if (!read(ref reader, bodies, out var record))
            {
                return false;
            }

            list.Add(record);
        }

        return true;
    }
}
