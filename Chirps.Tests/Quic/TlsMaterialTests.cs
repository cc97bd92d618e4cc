using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class TlsMaterialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chirps-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_issued_can_be_loaded()
    {
        var loaded = Load(TestPki.Node("node-1", "Prod"));

        Assert.Equal(new TransportIdentity("Prod", "node-1"), loaded.ReadIdentity());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(_folder, "nowhere.pem");

        var error = Assert.Throws<TlsMaterialException>(() => TlsMaterial.Load(path, path, path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
        => Refused(TestPki.Server with { KeyPem = TestPki.Client.KeyPem }, "key.pem");

    [Fact]
    public void An_expired_certificate_is_refused() => Refused(TestPki.Expired("old"), "expired");

    [Fact]
    public void A_certificate_of_the_future_is_refused() => Refused(TestPki.NotYetValid("young"), "not valid before");

    [Fact]
    public void A_certificate_without_identity_is_refused() => Refused(TestPki.Custom(TestPki.ClientAuthentication), "chirps://cluster/node");

    [Fact]
    public void Text_that_is_no_certificate_is_refused() => Refused(TestPki.Server with { CertificatePem = "hello" }, "cert.pem");

    [Fact]
    public void An_empty_authority_file_is_refused() => Refused(TestPki.Server with { AuthorityPem = "" }, "ca.pem");

    [Theory]
    [InlineData("chirps://c/n", true)]
    [InlineData("chirps://c/a%20b", true)]
    [InlineData("chirps://c/", false)]
    [InlineData("chirps:///n", false)]
    [InlineData("chirps://c/n/more", false)]
    [InlineData("chirps://c/n?q", false)]
    [InlineData("chirps://u@c/n", false)]
    [InlineData("https://c/n", false)]
    public void Only_cluster_and_node_make_an_identity(string uri, bool valid)
        => Assert.Equal(valid, TransportIdentity.TryParse(uri, out _));

    [Fact]
    public void An_identity_survives_its_text_form()
    {
        var identity = new TransportIdentity("My cluster", "node/ä?");

        Assert.True(TransportIdentity.TryParse(identity.ToString(), out var read));
        Assert.Equal(identity, read);
    }

    private TlsMaterial Load(TlsMaterial material)
    {
        var (certificate, key, authority) = (Path.Combine(_folder, "cert.pem"), Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "ca.pem"));
        File.WriteAllText(certificate, material.CertificatePem);
        File.WriteAllText(key, material.KeyPem);
        File.WriteAllText(authority, material.AuthorityPem);
        return TlsMaterial.Load(certificate, key, authority);
    }

    private void Refused(TlsMaterial material, string words)
        => Assert.Contains(words, Assert.Throws<TlsMaterialException>(() => Load(material)).Message, StringComparison.Ordinal);
}
