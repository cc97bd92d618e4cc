using Chirps.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Credentials;

public sealed class CredentialWatcherTests : IDisposable
{
    private const string Reloaded = "chirps_tls_reloads_total{result=\"ok\"}";
    private const string NotReloaded = "chirps_tls_reloads_total{result=\"failed\"}";

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    /// <summary>Long enough for a look and the second look that confirms it.</summary>
    private static readonly TimeSpan _twoLooks = TimeSpan.FromSeconds(11);

    private readonly ManualTimeProvider _clock = new();
    private readonly WatchedFiles _files;

    public CredentialWatcherTests()
    {
        _files = new WatchedFiles(_clock);
        _files.Write(_files.First);
        _files.Watch(_interval);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Files_that_do_not_change_are_left_alone()
    {
        _clock.Advance(_interval * 50);

        Assert.Empty(_files.Replaced);
        Assert.Equal((0, 0), (_files.Metric(Reloaded), _files.Metric(NotReloaded)));
    }

    [Fact]
    public void A_new_certificate_and_key_come_into_force()
    {
        var next = _files.Issue(days: 200);
        _files.Write(next);

        _clock.Advance(_twoLooks);

        Assert.Equal(next, Assert.Single(_files.Replaced));
        Assert.Equal((1, 0), (_files.Metric(Reloaded), _files.Metric(NotReloaded)));
        Assert.InRange(_files.Metric("chirps_tls_certificate_expiry_seconds"), TimeSpan.FromDays(199).TotalSeconds, TimeSpan.FromDays(200).TotalSeconds);
    }

    [Fact]
    public void Files_that_are_replaced_one_after_the_other_are_waited_for()
    {
        var next = _files.Issue();
        File.WriteAllText(_files.Files.CertPath, next.CertificatePem);
        _clock.Advance(_interval);
        File.WriteAllText(_files.Files.KeyPath, next.KeyPem);
        _clock.Advance(_twoLooks);

        Assert.Equal(next, Assert.Single(_files.Replaced));
        Assert.Empty(_files.Log.At(LogLevel.Warning));
    }

    [Fact]
    public void A_mismatching_set_stays_out_of_force_and_is_warned_of_once()
    {
        File.WriteAllText(_files.Files.CertPath, _files.Issue().CertificatePem);

        _clock.Advance(_interval * 20);

        Assert.Empty(_files.Replaced);
        var warning = Assert.Single(_files.Log.At(LogLevel.Warning));
        Assert.Contains(_files.Files.KeyPath, warning, StringComparison.Ordinal);
        Assert.Equal(1, _files.Metric(NotReloaded));
    }

    [Fact]
    public void Each_broken_state_is_warned_of_and_what_repairs_it_comes_into_force()
    {
        var next = _files.Issue();
        File.WriteAllText(_files.Files.KeyPath, "nonsense");
        _clock.Advance(_twoLooks);
        File.Delete(_files.Files.CaPath);
        _clock.Advance(_twoLooks);
        _files.Write(next);
        _clock.Advance(_twoLooks);

        Assert.Equal(next, Assert.Single(_files.Replaced));
        Assert.Collection(
            _files.Log.At(LogLevel.Warning),
            first => Assert.Contains(_files.Files.KeyPath, first, StringComparison.Ordinal),
            second => Assert.Contains(_files.Files.CaPath, second, StringComparison.Ordinal));
    }

    [Fact]
    public void A_mistake_that_is_taken_back_needs_no_reload()
    {
        File.WriteAllText(_files.Files.CertPath, "nonsense");
        _clock.Advance(_twoLooks);
        _files.Write(_files.First);
        _clock.Advance(_twoLooks);

        Assert.Empty(_files.Replaced);
        Assert.Contains("again those in force", Assert.Single(_files.Log.At(LogLevel.Information)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_authorities_that_is_cut_off_stays_out_of_force()
    {
        var both = _files.First.AuthorityPem + _files.Issue(_files.MakeAuthority("second")).AuthorityPem;
        File.WriteAllText(_files.Files.CaPath, both[..^40]);
        _clock.Advance(_twoLooks);

        Assert.Empty(_files.Replaced);
        Assert.Contains($"{_files.Files.CaPath}: ends in the middle", Assert.Single(_files.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", WatchedFiles.Node, "chirps://other/node-1")]
    [InlineData(WatchedFiles.Cluster, "node-2", "chirps://test/node-2")]
    public void A_certificate_of_another_name_is_refused_with_that_reason(string cluster, string node, string named)
    {
        _files.Write(_files.Issue(cluster: cluster, node: node));
        _clock.Advance(_twoLooks);

        Assert.Empty(_files.Replaced);
        var warning = Assert.Single(_files.Log.At(LogLevel.Warning));
        Assert.Contains($"{named}, but this node is chirps://test/node-1", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_a_new_authority_waits_until_that_authority_is_trusted()
    {
        var next = _files.Issue(_files.MakeAuthority("second"));
        _files.Write(next with { AuthorityPem = _files.First.AuthorityPem });
        _clock.Advance(_twoLooks);
        Assert.Empty(_files.Replaced);
        Assert.Contains("leads to none of the authorities", Assert.Single(_files.Log.At(LogLevel.Warning)), StringComparison.Ordinal);

        File.WriteAllText(_files.Files.CaPath, _files.First.AuthorityPem + next.AuthorityPem);
        _clock.Advance(_twoLooks);

        Assert.Equal(next.CertificatePem, Assert.Single(_files.Replaced).CertificatePem);
    }

    [Fact]
    public void The_trust_in_an_authority_stays_while_the_certificate_is_of_it()
    {
        File.WriteAllText(_files.Files.CaPath, _files.Issue(_files.MakeAuthority("second")).AuthorityPem);
        _clock.Advance(_twoLooks);

        Assert.Empty(_files.Replaced);
        Assert.Contains("leads to none of the authorities", Assert.Single(_files.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_the_future_comes_into_force_when_its_time_has_come()
    {
        var next = _files.Issue(clock: new ManualTimeProvider(_clock.GetUtcNow().AddHours(2)));
        _files.Write(next);
        _clock.Advance(_twoLooks);
        Assert.Contains("not valid before", Assert.Single(_files.Log.At(LogLevel.Warning)), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromHours(3));

        Assert.Equal(next, Assert.Single(_files.Replaced));
        Assert.Single(_files.Log.At(LogLevel.Warning));
    }
}
