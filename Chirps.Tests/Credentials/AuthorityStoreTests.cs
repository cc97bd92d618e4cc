using System.Net;
using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Fakes;

namespace Chirps.Tests.Credentials;

public sealed class AuthorityStoreTests : IDisposable
{
    private static readonly TimeSpan _years = TimeSpan.FromDays(3650);

    private readonly ManualTimeProvider _clock = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-ca-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_issued_carries_names_lifetime_and_a_key_for_its_owner_alone()
    {
        var files = Create().IssueFiles([Request("node-1") with { Extra = new ExtraNames(["a.example"], [IPAddress.Parse("10.0.0.1")]) }], replace: false)[0];

        var shown = Find("node-1");
        Assert.Equal(new TransportIdentity("prod", "node-1"), shown.Identity);
        Assert.Equal(["node-1", "a.example"], shown.Extra.Dns);
        Assert.Equal([IPAddress.Parse("10.0.0.1")], shown.Extra.Addresses);
        Assert.Equal(_clock.GetUtcNow().AddDays(90), shown.Until);
        Assert.Empty(shown.Warnings);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.KeyPath));
        new TlsMaterial(File.ReadAllText(files.CertPath), File.ReadAllText(files.KeyPath), File.ReadAllText(files.CaPath)).Check("c", "k", "a", _clock.GetUtcNow());
    }

    [Fact]
    public void An_authority_that_is_there_is_not_overwritten_unless_told_so()
    {
        Create();
        var before = Text("ca.crt");

        var refused = Assert.Throws<AuthorityException>(Create);

        Assert.Contains(Path.Combine(_directory, "ca.crt"), refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Text("ca.crt"));
        AuthorityStore.Create(_directory, "x", _years, replace: true, _clock);
        Assert.NotEqual(before, Text("ca.crt"));
    }

    [Fact]
    public void A_directory_without_authority_names_the_file_and_what_to_do()
    {
        var refused = Assert.Throws<AuthorityException>(() => AuthorityStore.Open(_directory));

        Assert.Contains("ca.crt: there is no authority. Make one with 'chirps certs init'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_without_its_key_is_told_apart_from_none()
    {
        Create();
        File.Delete(Path.Combine(_directory, "ca.key"));

        Assert.Contains("ca.key: is missing", Assert.Throws<AuthorityException>(() => AuthorityStore.Open(_directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Issuing_is_for_nodes_that_have_no_certificate_and_all_or_none()
    {
        var store = Create();
        store.IssueFiles([Request("node-2")], replace: false);
        var before = Text("node-2.crt");

        Assert.Throws<AuthorityException>(() => store.IssueFiles([Request("node-1"), Request("node-2")], replace: false));

        Assert.False(File.Exists(Path.Combine(_directory, "node-1.crt")));
        Assert.Equal(before, Text("node-2.crt"));
    }

    [Theory]
    [InlineData("../evil", "prod")]
    [InlineData("a/b", "prod")]
    [InlineData("ca", "prod")]
    [InlineData("node", "no cluster")]
    [InlineData("", "prod")]
    public void Names_that_are_none_are_refused(string node, string cluster)
        => Assert.Throws<AuthorityException>(() => Create().IssueFiles([Request(node) with { Cluster = cluster }], replace: false));

    [Fact]
    public void A_certificate_never_outlives_its_authority()
    {
        AuthorityStore.Create(_directory, "short", TimeSpan.FromDays(10), replace: false, _clock).IssueFiles([Request("node-1")], replace: false);

        Assert.Equal(_clock.GetUtcNow().AddDays(10), Find("node-1").Until);
    }

    [Fact]
    public void An_expired_authority_issues_nothing()
    {
        var store = AuthorityStore.Create(_directory, "short", TimeSpan.FromDays(10), replace: false, _clock);
        _clock.Advance(TimeSpan.FromDays(11));

        Assert.Contains("expired", Assert.Throws<AuthorityException>(() => store.IssueFiles([Request("node-1")], replace: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rotating_keeps_the_names_and_the_lifetime_and_changes_the_key()
    {
        var store = Create();
        store.IssueFiles([Request("node-1") with { Lifetime = TimeSpan.FromDays(5), Extra = new ExtraNames(["a.example"], []) }], replace: false);
        var (before, key) = (Find("node-1"), Text("node-1.key"));
        _clock.Advance(TimeSpan.FromDays(4));

        store.Reissue(["node-1"], null);

        var after = Find("node-1");
        Assert.Equal((before.Identity, TimeSpan.FromDays(4)), (after.Identity, after.Until - before.Until));
        Assert.Equal(before.Extra.Dns, after.Extra.Dns);
        Assert.NotEqual(key, Text("node-1.key"));
        Assert.Empty(after.Warnings);
    }

    [Fact]
    public void Rotating_a_node_without_certificate_says_how_it_gets_one()
        => Assert.Contains("'chirps certs issue node-9'", Assert.Throws<AuthorityException>(() => Create().Reissue(["node-9"], null)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_a_person_should_know_is_listed()
    {
        var store = Create();
        store.IssueFiles([Request("bare"), Request("fine"), Request("open"), Request("mixed"), Request("old") with { Lifetime = TimeSpan.FromDays(6) }], replace: false);
        File.Delete(Path.Combine(_directory, "bare.key"));
        File.SetUnixFileMode(Path.Combine(_directory, "open.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        File.Copy(Path.Combine(_directory, "fine.key"), Path.Combine(_directory, "mixed.key"), overwrite: true);
        File.WriteAllText(Path.Combine(_directory, "torn.crt"), "nonsense");
        _clock.Advance(TimeSpan.FromDays(5));

        var warnings = AuthorityStore.Inspect(_directory, _clock).Certificates.Where(one => !one.IsAuthority).ToDictionary(one => Path.GetFileNameWithoutExtension(one.File), one => string.Join(';', one.Warnings), StringComparer.Ordinal);

        Assert.Equal("its key is not here", warnings["bare"]);
        Assert.Equal("", warnings["fine"]);
        Assert.Equal("its key file has the key of another certificate", warnings["mixed"]);
        Assert.Equal("others can read its key", warnings["open"]);
        Assert.Equal("expires soon", warnings["old"]);
        Assert.Equal("holds no certificate in PEM form", warnings["torn"]);
    }

    private AuthorityStore Create() => AuthorityStore.Create(_directory, AuthorityStore.DefaultName, _years, replace: false, _clock);

    private static NodeRequest Request(string node) => new("prod", node, TimeSpan.FromDays(90), ExtraNames.None);

    private StoredCertificate Find(string node) => AuthorityStore.Inspect(_directory, _clock).Certificates.Single(one => one.Identity?.Node == node);

    private string Text(string file) => File.ReadAllText(Path.Combine(_directory, file));
}
