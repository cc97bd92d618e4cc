namespace Chirps.Iggy.Protocol.Records;

/// <summary>A topic as a server describes it.</summary>
/// <param name="Id">Its number, from 0, used again after a deletion.</param>
/// <param name="CreatedMicroseconds">When it was made, in microseconds since the Unix epoch.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Settings">Its settings, resolved.</param>
/// <param name="SizeBytes">What its messages take.</param>
/// <param name="Messages">How many messages it holds.</param>
/// <param name="Name">Its name.</param>
public sealed record TopicInfo(uint Id, ulong CreatedMicroseconds, uint Partitions, TopicSettings Settings, ulong SizeBytes, ulong Messages, string Name);
