using System.Net;

namespace Chirps.Silo;

/// <summary>Section <c>Chirps:Silo</c>: the process around the mesh node.</summary>
internal sealed class SiloOptions
{
    /// <summary>Name of the section below <c>Chirps</c>.</summary>
    public const string Name = "Silo";

    /// <summary>Where HTTP is served. Port 0 takes a free one.</summary>
    /// <remarks>Beyond loopback a token is required, <see cref="HttpOptions.Token"/>.</remarks>
    /// <value><c>127.0.0.1:8080</c>.</value>
    public string HttpAddress { get; set; } = "127.0.0.1:8080";

    /// <summary>Port of the Orleans silo, on loopback.</summary>
    /// <value>11111.</value>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for Orleans clients, on loopback.</summary>
    /// <value>30000.</value>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Whether the Orleans dashboard is served at <c>/dashboard</c>.</summary>
    /// <value><see langword="true"/>.</value>
    public bool Dashboard { get; set; } = true;

    /// <summary>How log lines are written to the console.</summary>
    /// <value><see cref="LogFormat.Text"/>.</value>
    public LogFormat LogFormat { get; set; } = LogFormat.Text;

    /// <summary>Export of metrics and traces to a collector.</summary>
    public OtlpOptions Otlp { get; set; } = new();

    /// <summary>What is wrong with the options, by key.</summary>
    public static IEnumerable<(string Key, string Problem)> Problems(SiloOptions options)
    {
        if (!IPEndPoint.TryParse(options.HttpAddress, out _) || !options.HttpAddress.Contains(':', StringComparison.Ordinal))
        {
            yield return ("Chirps:Silo:HttpAddress", $"'{options.HttpAddress}' is no address; ip:port is needed, 127.0.0.1:8080 for example");
        }

        foreach (var (name, port) in new[] { ("SiloPort", options.SiloPort), ("GatewayPort", options.GatewayPort) })
        {
            if (port is < 1 or > IPEndPoint.MaxPort)
            {
                yield return ($"Chirps:Silo:{name}", $"{port} is no port; 1 to {IPEndPoint.MaxPort} is needed");
            }
        }

        foreach (var problem in OtlpOptions.Problems(options.Otlp))
        {
            yield return problem;
        }
    }
}
