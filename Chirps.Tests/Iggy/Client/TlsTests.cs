using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Iggy.Client;

/// <summary>The connection inside TLS.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task The_servers_certificate_is_checked_against_the_authority_named_in_the_url()
    {
        using var certificate = SelfSigned();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await using var server = new ScriptedServer { Certificate = certificate };
        var url = $"iggy+tls://me:secret@localhost:{server.Options.Port}?dialect=classic&ca-file={Uri.EscapeDataString(file)}";
        await using var client = new IggyClient(IggyClientOptions.FromUrl(url));
        var pinging = client.PingAsync().AsTask();

        var peer = await server.AcceptLoginAsync();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.Ping));

        await pinging;
        File.Delete(file);
    }

    [Fact]
    public async Task A_server_nobody_vouches_for_gets_no_password()
    {
        using var certificate = SelfSigned();
        await using var server = new ScriptedServer { Certificate = certificate };
        await using var client = new IggyClient(server.Options with { Host = "localhost", UseTls = true });
        var connecting = client.ConnectAsync().AsTask();

        var peer = await Record.ExceptionAsync(async () => await (await server.AcceptAsync()).ReceiveAsync());

        Assert.NotNull(peer);
        Assert.False(client.IsConnected);
        await client.DisposeAsync();
        await Assert.ThrowsAsync<IggyException>(() => connecting.WaitAsync(Expect.Patience));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
    }
}
