using Chirps.Engine.Messaging;

namespace Chirps.Node.Links;

/// <summary>The lanes between two nodes: what they are for, and how they share a connection.</summary>
internal static class MessageLanes
{
    /// <summary>Small messages that others wait for: consensus, membership. Goes before everything.</summary>
    public const int Urgent = 0;

    /// <summary>Large transfers that nobody waits for at the moment: snapshots.</summary>
    public const int Bulk = 1;

    /// <summary>The first of the data lanes, on which messages go by their topic.</summary>
    public const int FirstData = 2;

    /// <summary>Most data lanes that fit the numbers on the wire.</summary>
    public const int DataMax = FrameCodec.LanesMax - FirstData;

    /// <summary>Priority of single messages on streams of their own: behind every lane.</summary>
    public const int SinglePriority = 6;

    private const int DataPriority = 2;
    private const int BulkPriority = 4;

    /// <summary>Priority of the acknowledgements of all lanes but the urgent one: small, and somebody's window waits for them.</summary>
    private const int AcknowledgePriority = 1;

    /// <summary>The transport's priority for the messages of a lane: data lanes together get four times what bulk gets.</summary>
    public static int PriorityOf(int lane) => lane switch
    {
        Urgent => 0,
        Bulk => BulkPriority,
        _ => DataPriority,
    };

    /// <summary>The transport's priority for the acknowledgements of a lane.</summary>
    public static int AcknowledgePriorityOf(int lane) => lane == Urgent ? 0 : AcknowledgePriority;

    /// <summary>The data lane of a topic: always the same in a process, so that messages of one topic keep their order.</summary>
    public static int OfTopic(string topic, int dataLanes)
        => dataLanes == 1 ? FirstData : FirstData + (int)((uint)topic.GetHashCode(StringComparison.Ordinal) % (uint)dataLanes);
}
