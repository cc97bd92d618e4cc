using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using RaftKv.Checking;
using RaftKv.Http;
using RaftKv.Kv;
using RaftKv.Node;

namespace RaftKv.Demo;

/// <summary>A client of the store: one call after the other, each repeated with its number until it is answered, and all of them recorded.</summary>
internal sealed class KvClient(IReadOnlyList<RaftProcess> processes) : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new() { Timeout = _attemptTimeout };
    private readonly Guid _id = Guid.NewGuid();
    private readonly List<RecordedOperation> _history = [];
    private ulong _sequence;
    private int _target;

    /// <summary>Everything it asked, and was told. Read it once the client has ended.</summary>
    public IReadOnlyList<RecordedOperation> History => _history;

    /// <summary>Changes that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>The longest that one call took.</summary>
    public TimeSpan Longest { get; private set; }

    public Task PutAsync(string key, string value, CancellationToken cancellationToken) => ChangeAsync(RecordedKind.Write, key, value, null, cancellationToken);

    public Task SwapAsync(string key, string expected, string value, CancellationToken cancellationToken) => ChangeAsync(RecordedKind.Swap, key, value, expected, cancellationToken);

    public async Task<string> GetAsync(string key, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(RecordedKind.Read, key, "", "", () => new HttpRequestMessage(HttpMethod.Get, $"/kv/{key}"), cancellationToken);
        return reply.Value;
    }

    public void Dispose() => _http.Dispose();

    private async Task ChangeAsync(RecordedKind kind, string key, string value, string? expected, CancellationToken cancellationToken)
    {
        _sequence++;
        await CallAsync(kind, key, value, expected ?? "", () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, $"/kv/{key}") { Content = new StringContent(value) };
            request.Headers.Add("X-Client", $"{_id}");
            request.Headers.Add("X-Sequence", $"{_sequence}");
            if (expected is not null)
            {
                request.Headers.Add("X-Expected", expected);
            }

            return request;
        }, cancellationToken);
        Acknowledged++;
    }

    private async Task<KvReply> CallAsync(RecordedKind kind, string key, string input, string expected, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var operation = new RecordedOperation(key, kind, input, expected, null, Stopwatch.GetTimestamp(), long.MaxValue);
        _history.Add(operation);
        while (true)
        {
            if (await AttemptAsync(make, cancellationToken) is { } reply)
            {
                var output = kind == RecordedKind.Read ? reply.Value : reply.Result == KvResult.Done ? "done" : "unequal";
                _history[^1] = operation with { Output = output, Returned = Stopwatch.GetTimestamp() };
                Longest = TimeSpan.FromTicks(Math.Max(Longest.Ticks, Stopwatch.GetElapsedTime(operation.Invoked).Ticks));
                return reply;
            }

            await Task.Delay(_pause, cancellationToken);
        }
    }

    /// <returns><see langword="null"/> when another must be asked, or the same once more.</returns>
    private async Task<KvReply?> AttemptAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var process = processes[_target];
        if (!process.IsRunning || process.Http.Length == 0)
        {
            _target = Random.Shared.Next(processes.Count);
            return null;
        }

        try
        {
            using var request = make();
            request.RequestUri = new Uri(new Uri(process.Http), request.RequestUri!);
            using var response = await _http.SendAsync(request, cancellationToken);
            var reply = (await response.Content.ReadFromJsonAsync<KvReply>(Json, cancellationToken))!;
            if (reply.Kind is KvAnswerKind.Applied or KvAnswerKind.Value)
            {
                return reply;
            }

            var leader = processes.ToList().FindIndex(other => other.Name == reply.Leader);
            _target = leader >= 0 ? leader : Random.Shared.Next(processes.Count);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _target = Random.Shared.Next(processes.Count);
        }

        return null;
    }
}
