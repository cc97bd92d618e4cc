namespace Chirps.Iggy.Protocol.Records;

/// <summary>A stream as a server describes it.</summary>
/// <param name="Id">Its number, from 0, used again after a deletion.</param>
/// <param name="CreatedMicroseconds">When it was made, in microseconds since the Unix epoch.</param>
/// <param name="Topics">How many topics it has.</param>
/// <param name="SizeBytes">What its messages take.</param>
/// <param name="Messages">How many messages it holds.</param>
/// <param name="Name">Its name.</param>
public sealed record StreamInfo(uint Id, ulong CreatedMicroseconds, uint Topics, ulong SizeBytes, ulong Messages, string Name);
