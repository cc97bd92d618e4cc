using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Client;

/// <summary>HTTP to one node. What goes wrong becomes a <see cref="CommandException"/> whose line says what to do.</summary>
internal sealed class NodeClient : IDisposable
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http;

    /// <param name="address">The node's HTTP address.</param>
    /// <param name="token">Sent with each request; <see langword="null"/>: none.</param>
    /// <param name="authorities">PEM file of the authorities to trust; <see langword="null"/>: those of the system.</param>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public NodeClient(Uri address, string? token, string? authorities)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = _connectTimeout, UseProxy = false, AllowAutoRedirect = false };
        if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = Trust(authorities);
        }

        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>How commands and nodes write JSON to each other; characters beyond ASCII stay readable.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new NodeIdJsonConverter(), new JsonStringEnumConverter() },
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Asks for something.</summary>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => AskAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>Has something done.</summary>
    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken)
        => AskAsync<T>(new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json) }, cancellationToken);

    /// <summary>Deletes something.</summary>
    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) => AskAsync<T>(new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken);

    /// <summary>Reads server-sent events until the node ends them.</summary>
    /// <exception cref="CommandException">The node cannot be reached, refuses, or the connection breaks.</exception>
    public async IAsyncEnumerable<(string Type, JsonElement Data)> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } } };
        using var response = await Guard(() => SendAsync(request, cancellationToken));
        await using var stream = await Guard(() => response.Content.ReadAsStreamAsync(cancellationToken));
        await using var events = SseParser.Create(stream, static (_, data) => JsonSerializer.Deserialize<JsonElement>(data, Json)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await Guard(() => events.MoveNextAsync().AsTask()))
        {
            yield return (events.Current.EventType, events.Current.Data);
        }
    }

    private async Task<T> AskAsync<T>(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var request = message;
        using var response = await Guard(() => SendAsync(request, cancellationToken));
        return response.Content.Headers.ContentLength is 0 || response.StatusCode == HttpStatusCode.NoContent
            ? default!
            : await Guard(async () => (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusedAsync(response, cancellationToken);
        }
    }

    private async Task<CommandException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var why = await ErrorAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden => new CommandException(
                ExitCode.Refused,
                $"{_http.BaseAddress} refuses the request, not the token{(why.Length > 0 ? $": {why}" : "; is something between here and the node that does so?")}"),
            HttpStatusCode.Unauthorized => new CommandException(
                ExitCode.Refused,
                _http.DefaultRequestHeaders.Authorization is null
                    ? $"{_http.BaseAddress} wants a token: name it with --token-file or {NodeAccess.TokenVariable}"
                    : $"{_http.BaseAddress} refuses the token{(why.Length > 0 ? $": {why}" : "")}"),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => new CommandException(ExitCode.Usage, why.Length > 0 ? why : $"the node does not understand the request ({(int)response.StatusCode})"),
            HttpStatusCode.Conflict when why.Length > 0 => new CommandException(ExitCode.Failed, why),
            HttpStatusCode.NotFound when why.Length > 0 => new CommandException(ExitCode.Negative, why),
            HttpStatusCode.NotFound => new CommandException(ExitCode.Failed, $"{_http.BaseAddress} does not know {response.RequestMessage?.RequestUri?.AbsolutePath}: it is another program, or another version of this one"),
            _ => new CommandException(ExitCode.Failed, $"the node answers {(int)response.StatusCode}{(why.Length > 0 ? $": {why}" : "; its log says why")}"),
        };
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Json, cancellationToken);
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error) ? error.ToString() : "";
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException or InvalidOperationException)
        {
            return "";
        }
    }

    private async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(ExitCode.Unreachable, Unreachable(exception));
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.Unreachable, $"the connection to {_http.BaseAddress} broke: {exception.Message}");
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            throw new CommandException(ExitCode.Unreachable, $"{_http.BaseAddress} cannot be reached within {_connectTimeout.TotalSeconds} s; is the address right, and does a firewall let it through?");
        }
        catch (JsonException)
        {
            throw new CommandException(ExitCode.Failed, $"the answer of {_http.BaseAddress} cannot be read; it is another program, or another version of this one");
        }
    }

    private string Unreachable(HttpRequestException exception)
    {
        var address = _http.BaseAddress;
        return exception switch
        {
            { InnerException: AuthenticationException tls } => $"{address}: its certificate is not trusted; name the authority with --ca ({tls.Message})",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => $"no node answers at {address}; is it running? Another one is named with --node or {NodeAccess.AddressVariable}",
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } } => $"there is no host '{address!.Host}'; another node is named with --node or {NodeAccess.AddressVariable}",
            { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } => $"{address} ends the connection; does it want https, or is it no node?",
            _ => $"{address} cannot be reached: {exception.Message}",
        };
    }

    private static X509ChainPolicy Trust(string authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorities);
        }
        catch (Exception exception) when (FileFault.Is(exception) || exception is CryptographicException)
        {
            throw new CommandException(ExitCode.Usage, $"--ca: {FileFault.Explain(authorities, exception)}");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new CommandException(ExitCode.Usage, $"--ca: {authorities} has no certificate in PEM");
    }
}
