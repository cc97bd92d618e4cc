using Chirps.Node;

namespace Chirps.Silo;

/// <summary>Section <c>Chirps:Silo:Otlp</c>: metrics and traces sent to an OpenTelemetry collector.</summary>
internal sealed class OtlpOptions
{
    /// <summary>Where the collector takes OTLP, <c>http://host:4318</c> for example; empty sends nothing.</summary>
    /// <value>Empty.</value>
    public string Endpoint { get; set; } = "";

    /// <summary>How it is spoken to.</summary>
    /// <value><see cref="OtlpProtocol.HttpProtobuf"/>.</value>
    public OtlpProtocol Protocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>How often metrics are sent, 100 milliseconds to an hour.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Headers of each request, <c>name=value</c> with commas between them; for access tokens. Never logged.</summary>
    /// <value>Empty.</value>
    [Secret]
    public string Headers { get; set; } = "";

    /// <summary>What is wrong with the options, by key.</summary>
    public static IEnumerable<(string Key, string Problem)> Problems(OtlpOptions options)
    {
        if (options.Endpoint.Length > 0 && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return ("Chirps:Silo:Otlp:Endpoint", $"'{options.Endpoint}' is no address of a collector; http://host:4318 for example, or nothing");
        }

        if (options.Interval < TimeSpan.FromMilliseconds(100) || options.Interval > TimeSpan.FromHours(1))
        {
            yield return ("Chirps:Silo:Otlp:Interval", $"{options.Interval} is out of range; 00:00:00.100 to 01:00:00 is accepted");
        }

        if (options.Headers.Length > 0 && !options.Headers.Split(',').All(pair => pair.IndexOf('=', StringComparison.Ordinal) > 0))
        {
            yield return ("Chirps:Silo:Otlp:Headers", "name=value pairs are needed, with commas between them");
        }
    }
}

/// <summary>The ways OTLP travels.</summary>
internal enum OtlpProtocol
{
    /// <summary>HTTP with protocol buffers, usually port 4318.</summary>
    HttpProtobuf,

    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,
}
