using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded;

/// <summary>Whose position in which partition. A group goes by its number, a consumer by number or name, which never meet.</summary>
internal readonly record struct OffsetKey(ulong TopicKey, uint Partition, IggyConsumer Consumer);
