using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>Reads the payload of an answer.</summary>
/// <returns><see langword="false"/> when it is malformed.</returns>
internal delegate bool AnswerReader<T>(ref WireReader reader, IBodyCodec bodies, out T answer);
