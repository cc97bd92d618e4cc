using Chirps.Silo.Page;

namespace Chirps.Tests.Page;

/// <summary>What a page is told of a change, and what it is not.</summary>
public sealed class PageChangeTests
{
    [Fact]
    public async Task Two_looks_at_the_same_differ_in_nothing()
    {
        var mesh = new SimulatedMesh(10);
        var samples = new[] { mesh.Sample() };

        Assert.Equal(
            new PageChange(null, null, null, null, null, null, null),
            PageChange.Between(await mesh.LookAsync(samples, default), await mesh.LookAsync(samples, default)));
    }

    [Fact]
    public async Task A_member_that_is_forgotten_is_gone()
    {
        var mesh = new SimulatedMesh(3);
        var all = await mesh.LookAsync([], default);

        var change = PageChange.Between(all, all with { Members = [.. all.Members.Take(2)] });

        Assert.Equal(["node-3"], change.Gone!);
        Assert.Equal(["node-1", "node-2"], change.Order!);
        Assert.Null(change.Members);
    }

    [Theory]
    [InlineData("chirps_messages_sent_total", "profile=\"control\"", 12.0)]
    [InlineData("chirps_messages_sent_total", null, 19.0)]
    [InlineData("chirps_messages", null, null)]
    [InlineData("chirps_tls_certificate_expiry_seconds", null, 86400.0)]
    [InlineData("missing", null, null)]
    public void Counters_are_found_in_what_metrics_serves(string name, string? label, double? expected)
    {
        const string text = "# TYPE chirps_messages_sent_total counter\nchirps_messages_sent_total{profile=\"control\"} 12\nchirps_messages_sent_total{profile=\"durable\"} 7\nchirps_tls_certificate_expiry_seconds 86400\n";

        Assert.Equal(expected, new CounterText(text).Sum(name, label));
    }
}
