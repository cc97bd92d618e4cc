namespace Chirps.Iggy.Protocol;

/// <summary>Which of Iggy's protocols is spoken. They do not understand each other.</summary>
public enum IggyDialect
{
    /// <summary>Found out when connecting.</summary>
    Auto,

    /// <summary>Servers 0.7 and 0.8.</summary>
    Classic,

    /// <summary>Servers 0.9, protocol 0.11.0. Written after a pre-release; not tried with the release.</summary>
    Vsr,
}
