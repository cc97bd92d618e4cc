namespace Chirps.Iggy.Protocol.Records;

/// <summary>A consumer group and its members.</summary>
/// <param name="Group">The group.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupDetails(GroupInfo Group, IReadOnlyList<GroupMember> Members);
