namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>What the frames of one connection of a client carry besides their command. Only VSR has anything.</summary>
/// <param name="clientId">Random and not zero, new for every connection.</param>
internal sealed class WireSession(UInt128 clientId)
{
    /// <summary>The client.</summary>
    public UInt128 ClientId { get; } = clientId;

    /// <summary>The session the login gave, 0 before it.</summary>
    public ulong Session { get; set; }

    /// <summary>The number of the next request. It grows behind requests that change metadata, and stays for all others.</summary>
    public ulong RequestNumber { get; set; } = 1;
}
