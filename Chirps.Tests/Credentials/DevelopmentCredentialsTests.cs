using Chirps.Engine.Membership;
using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Fakes;

namespace Chirps.Tests.Credentials;

/// <summary>The certificates a node makes for itself: of 30 days, from an authority of 365.</summary>
public sealed class DevelopmentCredentialsTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-dev-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void They_are_left_alone_while_there_is_time()
    {
        var source = Make("a");
        var first = source.Material;

        _clock.Advance(TimeSpan.FromDays(19));

        Assert.Equal(first, source.Look().Load());
    }

    [Fact]
    public void They_are_renewed_before_they_expire()
    {
        var source = Make("a");
        var first = source.Material;

        _clock.Advance(TimeSpan.FromDays(21));
        var look = source.Look();

        Assert.NotEqual(CredentialSnapshot.FingerprintOf(first), look.Fingerprint);
        Assert.Equal(first.ReadIdentity(), look.Load().ReadIdentity());
        Assert.True(CertificateText.Validity(look.Load().CertificatePem).Until > _clock.GetUtcNow() + TimeSpan.FromDays(29));
        Assert.Equal(look.Fingerprint, source.Look().Fingerprint);
    }

    [Fact]
    public void A_running_node_renews_them_and_never_warns()
    {
        using var files = new WatchedFiles(_clock);
        var source = Make("a");
        files.Watch(source, source.Material, TimeSpan.FromHours(4));

        _clock.Advance(TimeSpan.FromDays(90));

        Assert.Equal(4, files.Replaced.Count);
        Assert.Empty(files.Log.At(Microsoft.Extensions.Logging.LogLevel.Warning));
    }

    [Fact]
    public void When_the_authority_is_renewed_every_node_trusts_the_old_and_the_new_one()
    {
        var running = Make("a");
        _clock.Advance(TimeSpan.FromDays(336));
        running.Look();
        var joiner = Make("b").Material;

        var material = running.Look().Load();

        Assert.Equal(joiner.AuthorityPem, material.AuthorityPem);
        Assert.Equal(2, CertificateText.Split(material.AuthorityPem).Count);
        Assert.True(CertificateText.IsTrustedByItsOwn(joiner with { AuthorityPem = material.AuthorityPem }, _clock.GetUtcNow()));
    }

    [Fact]
    public void How_the_file_of_authorities_is_written_does_not_matter()
    {
        var trusted = Path.Combine(_directory, "ca.crt");
        var source = Make("a");
        var first = source.Material;
        File.WriteAllText(trusted, "words\r\n" + File.ReadAllText(trusted).Trim().ReplaceLineEndings("\r\n"));

        Assert.Equal(first, source.Look().Load());
        Assert.Equal(first.AuthorityPem, Make("b").Material.AuthorityPem);
    }

    [Fact]
    public void A_directory_that_was_cleared_is_filled_again()
    {
        var source = Make("a");
        Directory.Delete(_directory, recursive: true);

        var material = source.Look().Load();

        Assert.True(CertificateText.IsTrustedByItsOwn(material, _clock.GetUtcNow()));
    }

    [Fact]
    public void A_directory_that_cannot_be_used_is_told_and_what_was_issued_stays()
    {
        var source = Make("a");
        var first = source.Material;
        Directory.Delete(_directory, recursive: true);
        File.WriteAllText(_directory, "in the way");

        var problem = Assert.Throws<TlsMaterialException>(() => source.Look().Load());

        Assert.Contains(_directory, problem.Message, StringComparison.Ordinal);
        Assert.Equal(first, source.Material);
        File.Delete(_directory);
        Directory.CreateDirectory(_directory);
    }

    private DevelopmentCredentials Make(string node) => new(_directory, "chirps", MemberId.Parse(node), _clock);
}
