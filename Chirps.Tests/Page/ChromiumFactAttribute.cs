namespace Chirps.Tests.Page;

/// <summary>A test that needs the system's Chromium; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (BrowserFixture.ChromiumPath is null)
        {
            Skip = "No Chromium on this machine: apt-get install --no-install-recommends chromium, or set CHIRPS_CHROMIUM to its path.";
        }
    }
}
