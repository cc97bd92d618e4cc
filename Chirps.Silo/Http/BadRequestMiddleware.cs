using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Chirps.Silo.Http;

/// <summary>A request that cannot be read is answered with 400 and a body that names the field and what it takes.</summary>
internal static class BadRequestMiddleware
{
    public static void UseBadRequestBodies(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            var fields = context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType?.GetProperties() ?? [];
            context.Response.StatusCode = exception.StatusCode;
            await context.Response.WriteAsJsonAsync(new { error = Describe(exception, fields) }, context.RequestAborted);
        }
    });

    private static string Describe(BadHttpRequestException exception, PropertyInfo[] fields)
    {
        if (exception.InnerException is not JsonException json)
        {
            return exception.Message.StartsWith("Implicit body", StringComparison.Ordinal) ? "a JSON object is needed as the body" : exception.Message;
        }

        var name = json.Path?.TrimStart('$', '.') ?? "";
        if (name.Length == 0)
        {
            return $"the body is no JSON object that can be read (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1})";
        }

        var field = Array.Find(fields, field => field.Name.Equals(name.Split('[', '.')[0], StringComparison.OrdinalIgnoreCase));
        return field is null
            ? $"{name}: no such field; there are {string.Join(", ", fields.Select(known => JsonNamingPolicy.CamelCase.ConvertName(known.Name)))}"
            : $"{name}: {Expected(Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType)}";
    }

    private static string Expected(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))} is needed",
        _ when type == typeof(int) => "a whole number is needed",
        _ when type == typeof(double) => "a number is needed",
        _ when type == typeof(bool) => "true or false is needed",
        _ when type == typeof(string) => "a text is needed",
        _ when type == typeof(Guid) => "a UUID is needed",
        _ when type == typeof(NodeId) => "a node id is needed",
        _ => "a list of texts is needed",
    };
}
