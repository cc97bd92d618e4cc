using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Chirps.Silo.Telemetry;

/// <summary>
/// Writes each log entry as one JSON object on one line: <c>level</c>, <c>timestamp</c>, <c>component</c>, <c>event</c>, <c>event_id</c>,
/// <c>category</c>, <c>message</c>, then the entry's own fields, their names in lower case with underscores.
/// </summary>
internal sealed class JsonLineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name by which the console is told to use it.</summary>
    public const string FormatterName = "chirps-json";

    private static readonly string[] _own = ["level", "timestamp", "component", "event", "event_id", "category", "message", "exception"];

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("level", Level(logEntry.LogLevel));
            json.WriteString("timestamp", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("component", logEntry.Category.StartsWith("Chirps", StringComparison.Ordinal) ? "chirps" : logEntry.Category.Split('.')[0].ToLowerInvariant());
            if (logEntry.EventId.Name is { Length: > 0 } name)
            {
                json.WriteString("event", EventName(name));
            }

            json.WriteNumber("event_id", logEntry.EventId.Id);
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            WriteFields(json, logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    /// <summary>The names of events are those of the methods that log them, unless they have one of their own.</summary>
    internal static string EventName(string name)
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.StartsWith("Log", StringComparison.Ordinal) && name.Length > 3 ? name[3..] : name);

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach (var (key, value) in fields)
        {
            if (key == "{OriginalFormat}")
            {
                continue;
            }

            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
            json.WritePropertyName(Array.IndexOf(_own, name) < 0 ? name : $"field_{name}");
            WriteValue(json, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long or short or byte:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case uint or ulong or ushort:
                json.WriteNumberValue(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
