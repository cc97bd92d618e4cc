using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Fakes;

namespace Chirps.Tests.Credentials;

/// <summary>The three stages from one authority to the next.</summary>
public sealed class AuthorityChangeTests : IDisposable
{
    private static readonly TimeSpan _years = TimeSpan.FromDays(3650);

    private readonly ManualTimeProvider _clock = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-ca-").FullName;
    private readonly AuthorityStore _store;

    public AuthorityChangeTests()
    {
        _store = AuthorityStore.Create(_directory, "root", _years, replace: false, _clock);
        Issue("node-1", "node-2");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_first_stage_trusts_both_and_goes_on_issuing_from_the_old_one()
    {
        var step = Advance();
        Issue("node-3");

        Assert.Equal((AuthorityStage.Announced, "root", "root 2"), (step.Stage, step.Old, step.New));
        Assert.Equal([Path.Combine(_directory, "ca.crt")], step.Distribute);
        Assert.Equal(["root", "root 2"], Authorities());
        Assert.All(Nodes(), node => Assert.Equal(("root", 0), (node.Issuer, node.Warnings.Count)));
    }

    [Fact]
    public void The_second_stage_has_every_node_issued_by_the_new_one()
    {
        Advance();
        var step = Advance(distributed: true);

        Assert.Equal(AuthorityStage.Issuing, step.Stage);
        Assert.Equal(["node-1.crt", "node-1.key", "node-2.crt", "node-2.key"], step.Distribute.Select(Path.GetFileName));
        Assert.Equal(["root", "root 2"], Authorities());
        Assert.All(Nodes(), node => Assert.Equal(("root 2", 0), (node.Issuer, node.Warnings.Count)));
    }

    [Fact]
    public void The_third_stage_ends_the_trust_in_the_old_one_and_the_next_change_can_begin()
    {
        Advance();
        Advance(distributed: true);
        var step = Advance(distributed: true);

        Assert.Equal((AuthorityStage.Settled, AuthorityStage.Settled), (step.Stage, _store.Stage));
        Assert.Equal(["root 2"], Authorities());
        Assert.All(Nodes(), node => Assert.Empty(node.Warnings));
        Assert.Equal("root 3", Advance().New);
    }

    [Fact]
    public void In_every_stage_each_node_is_trusted_by_all_who_have_the_files_of_this_stage_or_the_last()
    {
        var (trust, certificates) = (new List<string> { Trust() }, new List<string[]> { Certificates() });
        Advance();
        (trust, certificates) = ([.. trust, Trust()], [.. certificates, Certificates()]);
        Advance(distributed: true);
        (trust, certificates) = ([.. trust, Trust()], [.. certificates, Certificates()]);
        Advance(distributed: true);
        (trust, certificates) = ([.. trust, Trust()], [.. certificates, Certificates()]);

        var neighbours = from stage in Enumerable.Range(0, 3) from pair in new[] { (stage, stage), (stage, stage + 1), (stage + 1, stage) } select pair;
        Assert.All(neighbours, pair => Assert.All(
            certificates[pair.Item1],
            certificate => Assert.True(CertificateText.IsTrustedByItsOwn(new TlsMaterial(certificate, "", trust[pair.Item2]), _clock.GetUtcNow()))));
    }

    [Fact]
    public void A_stage_that_needs_what_was_distributed_is_refused_without_that_word()
    {
        Advance();
        Assert.Contains("--distributed", Assert.Throws<AuthorityException>(() => Advance()).Message, StringComparison.Ordinal);
        Assert.Equal(AuthorityStage.Announced, _store.Stage);

        Advance(distributed: true);
        Assert.Contains("--distributed", Assert.Throws<AuthorityException>(() => Advance()).Message, StringComparison.Ordinal);
        Assert.Equal(AuthorityStage.Issuing, _store.Stage);
    }

    [Fact]
    public void The_third_stage_is_refused_while_a_certificate_of_the_old_one_is_in_use()
    {
        Advance();
        var (certificate, key) = (Path.Combine(_directory, "node-1.crt"), Path.Combine(_directory, "node-1.key"));
        var (oldCertificate, oldKey) = (File.ReadAllText(certificate), File.ReadAllText(key));
        Advance(distributed: true);
        File.WriteAllText(certificate, oldCertificate);
        File.WriteAllText(key, oldKey);

        var refused = Assert.Throws<AuthorityException>(() => Advance(distributed: true));

        Assert.Contains("chirps certs rotate node-1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["root", "root 2"], Authorities());
        _store.Reissue(["node-1"], null);
        Advance(distributed: true);
        Assert.Equal(["root 2"], Authorities());
    }

    [Fact]
    public void A_certificate_that_has_expired_holds_nothing_up()
    {
        Advance();
        var left = File.ReadAllText(Path.Combine(_directory, "node-1.crt"));
        Advance(distributed: true);
        File.WriteAllText(Path.Combine(_directory, "gone.crt"), left);
        _clock.Advance(TimeSpan.FromDays(91));

        Assert.Equal(AuthorityStage.Settled, Advance(distributed: true).Stage);
    }

    [Fact]
    public void The_second_stage_is_refused_while_a_certificate_cannot_be_read()
    {
        Advance();
        File.WriteAllText(Path.Combine(_directory, "torn.crt"), "nonsense");

        var refused = Assert.Throws<AuthorityException>(() => Advance(distributed: true));

        Assert.Contains("torn.crt", refused.Message, StringComparison.Ordinal);
        Assert.Equal(AuthorityStage.Announced, _store.Stage);
        Assert.All(Nodes().Where(node => node.Issuer.Length > 0), node => Assert.Equal("root", node.Issuer));
    }

    [Fact]
    public void A_first_stage_that_was_killed_halfway_can_be_done_again()
    {
        var trusted = Trust();
        Advance();
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), trusted);

        Assert.Equal(AuthorityStage.Settled, _store.Stage);
        Assert.Equal(AuthorityStage.Announced, Advance().Stage);
        Assert.Equal(["root", "root 2"], Authorities());
    }

    [Fact]
    public void Other_authorities_that_are_trusted_stay_so()
    {
        var foreign = DevelopmentCertificates.CreateAuthority("partner", _years, _clock.GetUtcNow());
        File.AppendAllText(Path.Combine(_directory, "ca.crt"), foreign.CertificatePem);

        Advance();
        Advance(distributed: true);
        Advance(distributed: true);

        Assert.Equal(["partner", "root 2"], Authorities());
    }

    private AuthorityStep Advance(bool distributed = false) => _store.Advance(distributed, null, _years);

    private void Issue(params string[] nodes)
        => _store.IssueFiles([.. nodes.Select(node => new NodeRequest("prod", node, TimeSpan.FromDays(90), ExtraNames.None))], replace: false);

    private IEnumerable<string> Authorities() => AuthorityStore.Inspect(_directory, _clock).Certificates.Where(one => one.IsAuthority).Select(one => one.Name);

    private IEnumerable<StoredCertificate> Nodes() => AuthorityStore.Inspect(_directory, _clock).Certificates.Where(one => !one.IsAuthority);

    private string Trust() => File.ReadAllText(Path.Combine(_directory, "ca.crt"));

    private string[] Certificates() => [.. Nodes().Select(node => node.Pem)];
}
