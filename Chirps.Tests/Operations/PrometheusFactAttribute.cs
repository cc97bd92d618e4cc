namespace Chirps.Tests.Operations;

/// <summary>A test that needs the programs of Prometheus; where they are not installed it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        if (ExternalProgram.Find("prometheus") is null || ExternalProgram.Find("promtool") is null)
        {
            Skip = "prometheus and promtool are not on the PATH; the Debian package prometheus has both";
        }
    }
}
