using System.Net;

namespace Chirps.Silo;

/// <summary>Section <c>Chirps:Http</c>: who may use what is served at <see cref="SiloOptions.HttpAddress"/>, and how much of it.</summary>
internal sealed class HttpOptions
{
    /// <summary>Name of the section below <c>Chirps</c>.</summary>
    public const string Name = "Http";

    /// <summary>The shortest token: shorter ones can be guessed.</summary>
    private const int TokenLengthMin = 16;

    /// <summary>The token that every request must bring, <c>Authorization: Bearer</c>; only <c>/healthz</c> and <c>/readyz</c> are served without. At least 16 characters.</summary>
    /// <remarks>Empty: no token is asked for, which is possible on loopback only. Everybody who has it can send messages as this node. Rather use <see cref="TokenFile"/>: command lines and environments are seen by others.</remarks>
    /// <value>Empty.</value>
    public string Token { get; set; } = "";

    /// <summary>A file with the token, instead of <see cref="Token"/>. White space around it does not count.</summary>
    /// <remarks>A changed file is in force within seconds, without a restart; who was signed in with the old token must sign in again.</remarks>
    /// <value>Empty.</value>
    public string TokenFile { get; set; } = "";

    /// <summary>PEM file of the certificate, with its chain, that HTTPS is served with. Together with <see cref="KeyPath"/>.</summary>
    /// <remarks>Empty: plain HTTP, and whoever listens on the way reads the token. Changed files are in force within seconds, for new connections.</remarks>
    /// <value>Empty.</value>
    public string CertPath { get; set; } = "";

    /// <summary>PEM file of the certificate's unencrypted key.</summary>
    /// <value>Empty.</value>
    public string KeyPath { get; set; } = "";

    /// <summary>Serves HTTPS with the certificate of the mesh (<c>Chirps:Tls:CertPath</c> and <c>KeyPath</c>).</summary>
    /// <remarks>Spares a second certificate; callers must trust the mesh's authority, and the certificate needs the names they call the node by (<c>chirps certs issue --dns --ip</c>).</remarks>
    /// <value><see langword="false"/>.</value>
    public bool UseMeshCertificate { get; set; }

    /// <summary>Names under which the node may be called, beside loopback's, the machine's own, and, beyond loopback, every IP address. <c>*</c> for all.</summary>
    /// <remarks>A page of another site can aim a name of its own at this address; requests under names that are not listed are refused.</remarks>
    /// <value>None.</value>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>Bytes of the longest request body.</summary>
    /// <remarks>A Control payload of the default limit in base64 needs 5.6 MB.</remarks>
    /// <value>8 MiB.</value>
    public int RequestBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Requests a second that one address may make in the long run; more are answered with 429 and <c>Retry-After</c>. <c>/healthz</c> and <c>/readyz</c> do not count.</summary>
    /// <remarks>Programs that send much repeat within one request (<c>count</c> of <c>/api/send</c>).</remarks>
    /// <value>200.</value>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests that one address may make at once.</summary>
    /// <value>400.</value>
    public int RequestBurst { get; set; } = 400;

    /// <summary>Open connections; more are closed at once.</summary>
    /// <value>512.</value>
    public int ConnectionsMax { get; set; } = 512;

    /// <summary>Pages that may be open at a time; the next one is answered with 503.</summary>
    /// <value>32.</value>
    public int LivePagesMax { get; set; } = 32;

    /// <summary>Streams of events, messages, key-values and replays (<c>/api/events</c>, <c>/api/subscribe</c>, <c>/api/state/events</c>, <c>/api/replay</c>) that may be open at a time, of all callers together; the next one is answered with 503.</summary>
    /// <remarks>Each holds a connection and a queue of up to 4,096 events. Must leave room in <see cref="ConnectionsMax"/> for other requests. Pages count by themselves: <see cref="LivePagesMax"/>.</remarks>
    /// <value>128.</value>
    public int StreamsMax { get; set; } = 128;

    /// <summary>How long a caller may take for the headers of a request, a second to ten minutes.</summary>
    /// <remarks>Connections that never finish a request are closed after it. Bodies must come with 240 bytes a second, and answers be read as fast.</remarks>
    /// <value>10 seconds.</value>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long somebody stays signed in to the page, a minute to 30 days. A restart of the node ends it too.</summary>
    /// <value>12 hours.</value>
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Whether a token is asked for.</summary>
    internal bool HasToken => Token.Length > 0 || TokenFile.Length > 0;

    /// <summary>Whether HTTPS is served.</summary>
    internal bool HasTls => UseMeshCertificate || CertPath.Length > 0;

    /// <summary>What is wrong with the options, by key.</summary>
    public static IEnumerable<(string Key, string Problem)> Problems(HttpOptions options)
    {
        if (options.Token.Length > 0 && options.TokenFile.Length > 0)
        {
            yield return (Key(nameof(Token)), $"and {Key(nameof(TokenFile))} are both set; one of them is needed");
        }

        if (options.Token.Length is > 0 and < TokenLengthMin || options.Token.Any(letter => letter is <= ' ' or > '~'))
        {
            yield return (Key(nameof(Token)), $"at least {TokenLengthMin} visible ASCII characters are needed; `openssl rand -hex 32` makes a good one");
        }

        if (options.CertPath.Length > 0 != options.KeyPath.Length > 0)
        {
            yield return (Key(options.CertPath.Length > 0 ? nameof(KeyPath) : nameof(CertPath)), "certificate and key belong together; one of the two files is missing");
        }

        if (options is { UseMeshCertificate: true, CertPath.Length: > 0 })
        {
            yield return (Key(nameof(UseMeshCertificate)), $"and {Key(nameof(CertPath))} are both set; one of them is needed");
        }

        foreach (var (name, value) in new[]
        {
            (nameof(RequestBytesMax), options.RequestBytesMax), (nameof(RequestsPerSecond), options.RequestsPerSecond), (nameof(RequestBurst), options.RequestBurst),
            (nameof(ConnectionsMax), options.ConnectionsMax), (nameof(LivePagesMax), options.LivePagesMax), (nameof(StreamsMax), options.StreamsMax),
        })
        {
            if (value < 1)
            {
                yield return (Key(name), $"{value} is too few; at least 1 is needed");
            }
        }

        if (options.HeadersTimeout < TimeSpan.FromSeconds(1) || options.HeadersTimeout > TimeSpan.FromMinutes(10))
        {
            yield return (Key(nameof(HeadersTimeout)), $"{options.HeadersTimeout} is not from a second to ten minutes");
        }

        if (options.SessionTime < TimeSpan.FromMinutes(1) || options.SessionTime > TimeSpan.FromDays(30))
        {
            yield return (Key(nameof(SessionTime)), $"{options.SessionTime} is not from a minute to 30 days");
        }
    }

    /// <summary>What keeps these options from serving at an address that others reach.</summary>
    internal IEnumerable<(string Key, string Problem)> ReachProblems(string address)
    {
        if (!HasToken && IPEndPoint.TryParse(address, out var http) && !IPAddress.IsLoopback(http.Address))
        {
            yield return (Key(nameof(Token)), $"is missing: Chirps:Silo:HttpAddress '{address}' is reached from other machines, and what is served there needs a token ({Key(nameof(Token))} or {Key(nameof(TokenFile))}), or an address on loopback");
        }
    }

    private static string Key(string name) => $"Chirps:{Name}:{name}";
}
