namespace Orleans.Diagnostics;

/// <summary>The names under which activities are published.</summary>
public static class ActivitySources
{
    /// <summary>Calls of the application's grains.</summary>
    public const string ApplicationGrainActivitySourceName = "Microsoft.Orleans.Application";

    /// <summary>Calls of Orleans' own grains.</summary>
    public const string RuntimeActivitySourceName = "Microsoft.Orleans.Runtime";
}
