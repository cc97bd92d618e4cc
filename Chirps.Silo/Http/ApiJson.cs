using System.Text.Json.Serialization;

namespace Chirps.Silo.Http;

/// <summary>How the HTTP surface speaks JSON: names for enumerations and node ids, and no fields that nobody reads.</summary>
internal static class ApiJson
{
    public static void AddApiJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(json =>
    {
        json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.SerializerOptions.Converters.Add(new NodeIdJsonConverter());
        json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
    });
}
