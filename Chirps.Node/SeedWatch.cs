using Chirps.Engine.Membership;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <summary>Looks the seeds' names up: until the first answer with growing pauses, after that now and then, since name servers replace addresses.</summary>
/// <remarks>A name that is not known yet does not stop the start: nodes of a cluster often start before the names of the others exist.</remarks>
internal sealed partial class SeedWatch : IDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<string> _seeds;
    private readonly NameResolver _resolver;
    private readonly TimeSpan _refresh;
    private readonly Func<IReadOnlyList<MemberAddress>, bool> _join;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private HashSet<MemberAddress> _handed = [];

    /// <summary>Starts the look-ups.</summary>
    /// <param name="seeds"><c>host:port</c> each.</param>
    /// <param name="resolver">Asks the name server.</param>
    /// <param name="refresh">Pause after an answer, and the longest after none.</param>
    /// <param name="join">Takes the addresses whenever they have changed; <see langword="false"/> when it could not, and shall be asked again soon. Called by one thread at a time.</param>
    /// <param name="clock">For the pauses.</param>
    /// <param name="logger">Hears of names that are not known.</param>
    public SeedWatch(IReadOnlyList<string> seeds, NameResolver resolver, TimeSpan refresh, Func<IReadOnlyList<MemberAddress>, bool> join, TimeProvider clock, ILogger logger)
    {
        _seeds = seeds;
        _resolver = resolver;
        _refresh = refresh;
        _join = join;
        _clock = clock;
        _logger = logger;
        Ended = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Completes when no more look-ups are made.</summary>
    public Task Ended { get; }

    /// <summary>No more look-ups; one under way may end later.</summary>
    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync(CancellationToken stopping)
    {
        var pause = _firstPause;
        try
        {
            while (true)
            {
                var done = await TryOnce(stopping).ConfigureAwait(false);
                if (done && _seeds.All(Endpoints.IsLiteral))
                {
                    return;
                }

                await Task.Delay(done ? _refresh : pause, _clock, stopping).ConfigureAwait(false);
                pause = done ? _firstPause : pause * 2 < _refresh ? pause * 2 : _refresh;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    /// <returns>Whether every name is known and the addresses were taken.</returns>
    private async Task<bool> TryOnce(CancellationToken stopping)
    {
        try
        {
            var (found, problem) = await Endpoints.ResolveAsync(_seeds, _resolver, stopping).ConfigureAwait(false);
            if (problem is not null)
            {
                LogUnknown(problem);
            }

            // What a name that is not known now meant before stays: name servers fail for a moment.
            HashSet<MemberAddress> addresses = problem is null ? [.. found] : [.. found, .. _handed];
            if (!_handed.SetEquals(addresses))
            {
                if (!_join([.. addresses]))
                {
                    return false;
                }

                _handed = addresses;
            }

            return problem is null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogUnknown(exception.Message);
            return false;
        }
    }

    [LoggerMessage(2030, LogLevel.Warning, "{Problem}; trying again")]
    private partial void LogUnknown(string problem);
}
