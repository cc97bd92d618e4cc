using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Node.Raft;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Storage;

namespace RaftKv.Node;

/// <summary>
/// All groups of one node: a thread that runs their cores, the log they share, their state machines and snapshots, and the transport. The thin shell around
/// <see cref="RaftCore"/>.
/// </summary>
internal sealed partial class RaftNode : IAsyncDisposable
{
    /// <summary>Inputs taken before the cores are flushed: more in one go make larger batches, and later answers.</summary>
    private const int InputsMax = 4096;

    private readonly RaftNodeOptions _options;
    private readonly ILogger _logger;
    private readonly SortedDictionary<ulong, Replica> _replicas = [];
    private readonly SharedLog _log;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly FieldWriter _writer = new();
    private readonly HashSet<Replica> _touched = [];
    private readonly RaftPeerFeed _peers;
    private readonly Thread _thread;
    private List<Action<MeshInstant>> _inputs = [];
    private IReadOnlyList<GroupStatus> _status = [];
    private ulong _reads;
    private volatile bool _failed;

    /// <summary>Reads what is on disk, and takes part.</summary>
    /// <param name="transport">The mesh.</param>
    /// <param name="options">How.</param>
    /// <param name="logger">For what an operator would act on.</param>
    /// <exception cref="InvalidDataException">What is on disk is damaged.</exception>
    public RaftNode(IRaftTransport transport, RaftNodeOptions options, ILogger logger)
    {
        (_options, _logger, Self) = (options, logger, transport.Self);
        var images = new SortedDictionary<ulong, GroupImage>();
        _log = new SharedLog(Path.Combine(options.DataDirectory, "log"), images, Stored, Failed);
        var random = new SeededRandom(BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        var initial = new Configuration(options.Voters);
        for (var group = 1UL; group <= (ulong)options.Groups; group++)
        {
            var image = images.GetValueOrDefault(group) ?? new GroupImage();
            var log = image.ToLog(initial);
            var files = new SnapshotFiles(Path.Combine(options.DataDirectory, "snapshots", $"{group}"));
            var state = log.Snapshot.Index == 0 ? new KvState() : files.Read(log.Snapshot.Index);
            _replicas[group] = new Replica(group, new RaftCore(Self, options.Raft, image.Hard, log, random.Split(group), Now()), state, files);
        }

        foreach (var replica in _replicas.Values)
        {
            replica.Transport = transport.Open(replica.Group, new RaftGroupOptions { Arrived = _ => Arrived(replica), Snapshots = new SnapshotSink(this, replica) });
        }

        _peers = transport.WatchPeers();
        _thread = new Thread(Run) { IsBackground = true, Name = "raft" };
        _thread.Start();
        _ = Task.Run(FollowHintsAsync);
    }

    public MemberId Self { get; }

    /// <summary>The replicas as they were a moment ago.</summary>
    public IReadOnlyList<GroupStatus> Status => Volatile.Read(ref _status);

    /// <summary>Syncs of the log, and requests that were stored by them.</summary>
    public (long Syncs, long Requests) LogWork => (_log.Syncs, _log.Requests);

    /// <summary>Called for every heartbeat of a leader that arrives, with its group; for measurements.</summary>
    public Action<ulong>? HeartbeatArrived { get; set; }

    /// <summary>Proposes a command; completes when its fate is known here.</summary>
    public Task<KvAnswer> ProposeAsync(ulong group, ReadOnlyMemory<byte> command) => AskAsync(group, (replica, answer) =>
    {
        if (replica.Core.TryPropose(command, out var index))
        {
            replica.Proposals[index] = (replica.Core.Term, answer);
        }
        else
        {
            Decline(replica, answer);
        }
    });

    /// <summary>Reads a key; the answer is no older than the question.</summary>
    public Task<KvAnswer> ReadAsync(ulong group, string key) => AskAsync(group, (replica, answer) =>
    {
        if (replica.Core.TryRead(++_reads))
        {
            replica.Reads[_reads] = (key, answer);
        }
        else
        {
            Decline(replica, answer);
        }
    });

    /// <summary>Adds or removes a voter; the answer says whether the change is decided.</summary>
    public Task<KvAnswer> ChangeAsync(ulong group, Func<Configuration, Configuration> change) => AskAsync(group, (replica, answer) =>
    {
        if (replica.Core.TryChange(change(replica.Core.Configuration), out var index))
        {
            replica.Proposals[index] = (replica.Core.Term, answer);
        }
        else
        {
            Decline(replica, answer);
        }
    });

    /// <summary>Begins an election in a group now, if nobody leads it.</summary>
    public void Campaign(ulong group) => Post(now => Touch(_replicas[group]).Core.Campaign(now));

    /// <summary>Stores a snapshot of a group now.</summary>
    public void StoreSnapshot(ulong group) => Post(_ => BeginSnapshot(_replicas[group]));

    /// <summary>Stops without a word; the others elect.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _wake.Set();
        _thread.Join();
        foreach (var replica in _replicas.Values)
        {
            replica.Transport.Dispose();
        }

        _peers.Dispose();
        _log.Dispose();
        _stopping.Dispose();
        _wake.Dispose();
    }

    /// <summary>The instant, as the cores are told it.</summary>
    private static MeshInstant Now() => new((long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));

    private static void Decline(Replica replica, TaskCompletionSource<KvAnswer> answer)
        => answer.TrySetResult(new KvAnswer(replica.Core.Role == RaftRole.Leader ? KvAnswerKind.Busy : KvAnswerKind.NotLeader, Leader: replica.Core.Leader));

    private Task<KvAnswer> AskAsync(ulong group, Action<Replica, TaskCompletionSource<KvAnswer>> ask)
    {
        var answer = new TaskCompletionSource<KvAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_failed || _stopping.IsCancellationRequested || !_replicas.TryGetValue(group, out var replica))
        {
            return Task.FromResult(new KvAnswer(KvAnswerKind.NotLeader));
        }

        Post(_ => ask(Touch(replica), answer));
        return answer.Task;
    }

    /// <summary>Has something done on the loop.</summary>
    private void Post(Action<MeshInstant> input)
    {
        lock (_gate)
        {
            _inputs.Add(input);
        }

        _wake.Set();
    }

    private Replica Touch(Replica replica)
    {
        _touched.Add(replica);
        return replica;
    }

    /// <summary>Messages of a group wait, on a thread of the transport.</summary>
    private void Arrived(Replica replica)
    {
        if (replica.TryMarkReady())
        {
            Post(now => Receive(now, replica));
        }
    }

    /// <summary>On the log's thread: these are on disk.</summary>
    private void Stored(IReadOnlyList<(ulong Group, PersistRequest Request)> requests) => Post(now =>
    {
        foreach (var (group, request) in requests)
        {
            var replica = Touch(_replicas[group]);
            replica.Core.Persisted(now, request);
            foreach (var outbound in request.Then)
            {
                Send(replica, outbound);
            }

            if (request.Snapshot is { } snapshot)
            {
                replica.Files.RemoveAllBut(snapshot.Index);
            }
        }
    });

    private void Failed(Exception exception)
    {
        _failed = true;
        LogDiskFailed(exception);
    }

    private void Run()
    {
        var next = Now();
        while (!_stopping.IsCancellationRequested)
        {
            var wait = next - Now();
            if (wait > TimeSpan.Zero && IsIdle())
            {
                _wake.WaitOne(wait);
            }

            var now = Now();
            Take(now);
            next = now + _options.Raft.Heartbeat;
            foreach (var replica in _replicas.Values)
            {
                if (replica.Core.NextDeadline <= now || _touched.Contains(replica))
                {
                    replica.Core.Advance(now);
                    Settle(now, replica);
                }

                next = replica.Core.NextDeadline < next ? replica.Core.NextDeadline : next;
            }

            _touched.Clear();
            Publish(now);
        }

        foreach (var replica in _replicas.Values)
        {
            Abandon(replica);
        }
    }

    private bool IsIdle()
    {
        lock (_gate)
        {
            return _inputs.Count == 0;
        }
    }

    private void Take(MeshInstant now)
    {
        List<Action<MeshInstant>> inputs;
        lock (_gate)
        {
            if (_inputs.Count <= InputsMax)
            {
                (inputs, _inputs) = (_inputs, []);
            }
            else
            {
                inputs = _inputs[..InputsMax];
                _inputs.RemoveRange(0, InputsMax);
            }
        }

        foreach (var input in inputs)
        {
            input(now);
        }
    }

    private async Task FollowHintsAsync()
    {
        try
        {
            while (await _peers.NextAsync(_stopping.Token) is { } hint)
            {
                if (!hint.IsUp)
                {
                    // Only a hint: who still hears that leader does not grant the pre-vote.
                    Post(now => Suspect(now, hint.Peer));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Suspect(MeshInstant now, MemberId peer)
    {
        foreach (var replica in _replicas.Values.Where(replica => replica.Core.Leader == peer))
        {
            Touch(replica).Core.Campaign(now);
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "The log cannot be written: this node promises nothing any more, and must be restarted")]
    private partial void LogDiskFailed(Exception exception);
}
