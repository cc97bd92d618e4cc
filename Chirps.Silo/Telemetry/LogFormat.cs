namespace Chirps.Silo;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    /// <summary>A line of text, for people.</summary>
    Text,

    /// <summary>A JSON object a line, for programs; see <see cref="Telemetry.JsonLineFormatter"/>.</summary>
    Json,
}
