using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Node;
using Chirps.Silo;
using Chirps.Tests.Node;
using Microsoft.Extensions.Configuration;

namespace Chirps.Tests.Silo;

/// <summary>Section <c>Chirps:Http</c>: what stops a start, and what is served with HTTPS.</summary>
public sealed class HttpOptionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-http-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_file_at_the_top_level_says_every_option_at_its_default()
    {
        var section = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build().GetSection("Chirps:Http");
        var fromFile = new HttpOptions();
        OptionsReader.Read(section, fromFile, HttpOptions.Problems);
        var defaults = new HttpOptions();

        Assert.All(typeof(HttpOptions).GetProperties(), property =>
        {
            Assert.Contains(section.GetChildren(), child => child.Key == property.Name);
            Assert.Equal(property.GetValue(defaults), property.GetValue(fromFile));
        });
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    [InlineData("192.0.2.1:8080")]
    public void An_address_that_others_reach_needs_a_token(string address)
        => Assert.Equal("Chirps:Http:Token", Problem($"--Chirps:Silo:HttpAddress={address}"));

    [Theory]
    [InlineData("--Chirps:Http:Token=short", "Chirps:Http:Token")]
    [InlineData("--Chirps:Http:Token=with blanks, sixteen and more", "Chirps:Http:Token")]
    [InlineData("--Chirps:Http:TokenFile=/missing/token", "Chirps:Http:TokenFile")]
    [InlineData("--Chirps:Http:CertPath=/missing.crt", "Chirps:Http:KeyPath")]
    [InlineData("--Chirps:Http:KeyPath=/missing.key", "Chirps:Http:CertPath")]
    [InlineData("--Chirps:Http:UseMeshCertificate=true", "Chirps:Http:UseMeshCertificate")]
    [InlineData("--Chirps:Http:RequestBytesMax=0", "Chirps:Http:RequestBytesMax")]
    [InlineData("--Chirps:Http:RequestsPerSecond=0", "Chirps:Http:RequestsPerSecond")]
    [InlineData("--Chirps:Http:RequestBurst=0", "Chirps:Http:RequestBurst")]
    [InlineData("--Chirps:Http:ConnectionsMax=0", "Chirps:Http:ConnectionsMax")]
    [InlineData("--Chirps:Http:LivePagesMax=0", "Chirps:Http:LivePagesMax")]
    [InlineData("--Chirps:Http:HeadersTimeout=00:00:00.999", "Chirps:Http:HeadersTimeout")]
    [InlineData("--Chirps:Http:SessionTime=00:00:59", "Chirps:Http:SessionTime")]
    [InlineData("--Chirps:Http:Passwort=x", "Chirps:Http:Passwort")]
    public void A_mistake_stops_the_start_and_names_its_key(string argument, string key) => Assert.Equal(key, Problem(argument));

    [Fact]
    public void A_token_file_that_everybody_can_read_stops_the_start()
    {
        var file = Path.Combine(_directory, "token");
        File.WriteAllText(file, "a-token-of-good-length");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal("Chirps:Http:TokenFile", Problem($"--Chirps:Http:TokenFile={file}"));
    }

    [Fact]
    public async Task Https_is_served_with_the_files_and_with_new_ones_when_they_are_replaced()
    {
        var (certificate, key) = (Path.Combine(_directory, "http.crt"), Path.Combine(_directory, "http.key"));
        Write(certificate, key, "first");
        await using var silo = await SiloUnderTest.StartAsync("solo", _directory, $"--Chirps:Http:CertPath={certificate}", $"--Chirps:Http:KeyPath={key}");
        Assert.Equal("CN=first", await Subject(silo.Address));

        Write(certificate, key, "second");
        await MeshFixture.Eventually("the new certificate is served", () => Subject(silo.Address).GetAwaiter().GetResult() == "CN=second");
    }

    [Fact]
    public async Task Beyond_loopback_a_node_is_reached_by_its_address_with_the_token_only()
    {
        const string token = "a-token-of-good-length";
        await using var silo = await SiloUnderTest.StartAsync("solo", _directory, "--Chirps:Silo:HttpAddress=0.0.0.0:0", $"--Chirps:Http:Token={token}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{silo.Address.Port}") };
        using var byAddress = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { Host = "192.0.2.1", Authorization = new("Bearer", token) } };
        using var byName = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { Host = "evil.example", Authorization = new("Bearer", token) } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/membership")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(byAddress)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(byName)).StatusCode);
    }

    private static void Write(string certificatePath, string keyPath, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string> Subject(Uri address)
    {
        var subject = "";
        using var http = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                subject = certificate!.Subject;
                return true;
            },
        });
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(address, "/healthz")));
        return subject;
    }

    private string Problem(string argument)
        => Assert.Single(Assert.Throws<MeshConfigurationException>(() => SiloHost.Build([.. SiloUnderTest.Arguments("solo", _directory), argument])).Problems).Key;
}
