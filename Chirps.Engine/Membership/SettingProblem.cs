namespace Chirps.Engine.Membership;

/// <summary>One setting that cannot be used.</summary>
/// <param name="Key">The name of the property of <see cref="SwimSettings"/>.</param>
/// <param name="Message">The rule it breaks.</param>
public sealed record SettingProblem(string Key, string Message);
