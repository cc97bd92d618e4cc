using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Name and settings of a topic: what creating and changing one have in common, and the dialects order differently.</summary>
/// <param name="Name">1 to 255 bytes of UTF-8.</param>
/// <param name="Settings">The settings.</param>
internal readonly record struct TopicShape(string Name, TopicSettings Settings);
