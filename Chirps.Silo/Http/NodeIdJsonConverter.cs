using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chirps.Silo.Http;

/// <summary>A node id is its name in JSON.</summary>
internal sealed class NodeIdJsonConverter : JsonConverter<NodeId>
{
    public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => NodeId.IsValid(reader.GetString()) ? new NodeId(reader.GetString()!) : throw new JsonException($"'{reader.GetString()}' is no node id.");

    public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
