namespace Chirps.Iggy.Protocol.Records;

/// <summary>A client and the consumer groups it is a member of.</summary>
/// <param name="Client">The client.</param>
/// <param name="Memberships">The groups.</param>
public sealed record ClientDetails(ClientInfo Client, IReadOnlyList<GroupMembership> Memberships);
