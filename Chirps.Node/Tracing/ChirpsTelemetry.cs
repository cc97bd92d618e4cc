namespace Chirps.Node;

/// <summary>The names by which exporters find what a node publishes.</summary>
public static class ChirpsTelemetry
{
    /// <summary>Name of the meter of every node; its tags <c>chirps.cluster</c> and <c>chirps.node</c> say which node it is.</summary>
    public const string MeterName = "Chirps";

    /// <summary>Name of the source of activities: sends, deliveries, and accusations.</summary>
    public const string SourceName = "Chirps";
}
