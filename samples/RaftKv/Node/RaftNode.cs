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

    /// <summary>More than the transport puts around a message.</summary>
    private const int TransportBytes = 256;

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
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Action<MeshInstant>> _inputs = [];
    private bool _ended;
    private IReadOnlyList<GroupStatus> _status = [];
    private ulong _reads;

    /// <summary>Reads what is on disk, and takes part.</summary>
    /// <param name="transport">The mesh.</param>
    /// <param name="options">How.</param>
    /// <param name="logger">For what an operator would act on.</param>
    /// <exception cref="InvalidDataException">What is on disk is damaged.</exception>
    /// <exception cref="IOException">The disk failed, or another process has the log open.</exception>
    public RaftNode(IRaftTransport transport, RaftNodeOptions options, ILogger logger)
    {
        (_options, _logger, Self) = (options, logger, transport.Self);
        CommandBytesMax = options.MessageBytes - TransportBytes - EnvelopeBytes();
        var images = new SortedDictionary<ulong, GroupImage>();
        var directory = Path.Combine(options.DataDirectory, "log");
        _log = new SharedLog(directory, images, Stored, Failed, options.LogFileBytes);
        if (_log.TornBytes > 0)
        {
            LogTorn(_log.TornBytes, directory);
        }

        try
        {
            Recover(images);
        }
        catch
        {
            _log.Dispose();
            throw;
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

    /// <summary>A command may have so many bytes.</summary>
    public int CommandBytesMax { get; }

    /// <summary>Completes with the reason when the disk has failed. From then on this node is silent, and the others elect; dispose it.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Proposes a command; completes when its fate is known here.</summary>
    public Task<KvAnswer> ProposeAsync(ulong group, ReadOnlyMemory<byte> command) => AskAsync(group, (replica, answer) =>
    {
        if (command.Length > CommandBytesMax)
        {
            answer.TrySetResult(new KvAnswer(KvAnswerKind.TooLarge));
        }
        else if (replica.Core.TryPropose(command, out var index))
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

    /// <summary>Adds a voter, or removes one; the answer says whether the change is decided.</summary>
    public Task<KvAnswer> ChangeAsync(ulong group, MemberId member, bool joins) => AskAsync(group, (replica, answer) =>
    {
        var voters = replica.Core.Configuration;
        var count = voters.Voters.Count + (voters.Contains(member) == joins ? 0 : joins ? 1 : -1);
        if (replica.Core.Role == RaftRole.Leader && count is 0 or > Configuration.VotersMax)
        {
            answer.TrySetResult(new KvAnswer(KvAnswerKind.Refused, Leader: Self));
        }
        else if (replica.Core.TryChange(joins ? voters.With(member) : voters.Without(member), out var index))
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

    /// <summary>What an Append is beside the data of its only entry.</summary>
    private static int EnvelopeBytes()
    {
        var writer = new FieldWriter();
        RaftCodec.Write(writer, new RaftMessage(MessageKind.Append, 1) { Entries = [new LogEntry(1, 1, EntryKind.Command, default)] });
        return writer.Length;
    }

    private void Recover(SortedDictionary<ulong, GroupImage> images)
    {
        var random = new SeededRandom(BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        var initial = new Configuration(_options.Voters);
        // Several entries share an Append up to so many bytes: they must fit into a message with what is around each.
        var settings = _options.Raft with { AppendBytes = Math.Min(_options.Raft.AppendBytes, _options.MessageBytes / 4) };
        for (var group = 1UL; group <= (ulong)_options.Groups; group++)
        {
            var image = images.GetValueOrDefault(group) ?? new GroupImage();
            var log = image.ToLog(initial);
            var files = new SnapshotFiles(Path.Combine(_options.DataDirectory, "snapshots", $"{group}"));
            var state = log.Snapshot.Index == 0 ? new KvState() : files.Read(log.Snapshot.Index);
            _replicas[group] = new Replica(group, new RaftCore(Self, settings, image.Hard, log, random.Split(group), Now()), state, files);
        }
    }

    private Task<KvAnswer> AskAsync(ulong group, Action<Replica, TaskCompletionSource<KvAnswer>> ask)
    {
        var answer = new TaskCompletionSource<KvAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _replicas.TryGetValue(group, out var replica) && Post(_ => ask(Touch(replica), answer))
            ? answer.Task
            : Task.FromResult(new KvAnswer(KvAnswerKind.NotLeader));
    }

    /// <summary>Has something done on the loop.</summary>
    /// <returns><see langword="false"/> when the loop has ended.</returns>
    private bool Post(Action<MeshInstant> input)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _inputs.Add(input);
        }

        _wake.Set();
        return true;
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
                RemoveSnapshots(replica, snapshot.Index);
            }
        }
    });

    /// <summary>Ends the loop, and with it the heartbeats: whoever cannot store must not lead.</summary>
    private void Failed(Exception exception)
    {
        if (_failure.TrySetResult(exception))
        {
            LogDiskFailed(exception);
            _wake.Set();
        }
    }

    private void Run()
    {
        var next = Now();
        while (!_stopping.IsCancellationRequested && !_failure.Task.IsCompleted)
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

        End();
    }

    /// <summary>Nothing is sent or stored any more; whoever waits is told.</summary>
    private void End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        while (!IsIdle())
        {
            Take(Now());
        }

        foreach (var replica in _replicas.Values)
        {
            Abandon(replica);
        }

        Volatile.Write(ref _status, []);
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
}
