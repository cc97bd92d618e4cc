using Chirps.Engine.Carrier;

namespace Chirps.Node.Udp;

/// <summary>A key as it is kept, with the day it was made.</summary>
public sealed record StoredKey(PacketKey Key, DateOnly Made);
