using System.Text;
using Chirps.Engine.Time;
using RaftKv.Checking;
using RaftKv.Kv;

namespace Chirps.Tests.Raft;

/// <summary>Writes and reads one thing after the other, repeats what was not answered, and records it all.</summary>
internal sealed class SimulatedClient
{
    private readonly RaftWorld _world;
    private readonly SeededRandom _random;
    private readonly Guid _id;
    private readonly List<RecordedOperation> _history = [];
    private readonly int _number;
    private RecordedOperation _operation = null!;
    private ulong _sequence;
    private long _attempt;
    private int _target;
    private int _lastReads;

    public SimulatedClient(RaftWorld world, int number, SeededRandom random)
    {
        (_world, _random, _number) = (world, random, number);
        _id = new Guid(number + 1, 0, 0, new byte[8]);
        world.At(world.Now, null, Begin);
    }

    /// <summary>Whether it has stopped, after having read every key once without faults.</summary>
    public bool IsDone { get; private set; }

    public IReadOnlyList<RecordedOperation> History => _history;

    private bool IsReader => _number == 0;

    public override string ToString() => $"{_number}: {_history.Count} done, {(IsDone ? "ended" : _operation.ToString())}";

    private static ulong GroupOf(string key) => RaftWorld.Groups[key[^1] % 2];

    private void Begin()
    {
        var key = $"k{_random.Next(4)}";
        if (!_world.IsFaulty)
        {
            if (_lastReads == 4)
            {
                IsDone = true;
                return;
            }

            key = $"k{_lastReads++}";
        }

        // Now and then anybody is asked, by the client that only reads always: a leader of the past must not answer.
        _target = IsReader || _random.Next(4) == 0 ? _random.Next(_world.Nodes.Count) : _target;
        var kind = _world.IsFaulty && !IsReader ? (RecordedKind)_random.Next(3) : RecordedKind.Read;
        _sequence += kind == RecordedKind.Read ? 0UL : 1;
        var expected = kind == RecordedKind.Swap ? _history.FindLast(done => done.Key == key && done.Kind != RecordedKind.Swap) is { } last ? last.Kind == RecordedKind.Read ? last.Output! : last.Input : "" : "";
        _operation = new RecordedOperation(key, kind, $"c{_number}-{_sequence}", expected, null, _world.Now.Nanoseconds, 0);
        Try();
    }

    private void Try()
    {
        var attempt = ++_attempt;
        var (operation, sequence) = (_operation, _sequence);
        var node = _world.Nodes[_target];
        var delay = TimeSpan.FromMicroseconds(200 + _random.Next(2000));
        _world.At(_world.Now + delay, node, () => Ask(node, operation, sequence, answer => _world.At(_world.Now + delay, null, () => Answered(attempt, answer))), () => node.IsUp);
        _world.At(_world.Now + RaftWorld.Retry, null, () => Answered(attempt, "late"));
    }

    private void Ask(SimulatedNode node, RecordedOperation operation, ulong sequence, Action<string> answer)
    {
        if (operation.Kind == RecordedKind.Read)
        {
            node.Read(GroupOf(operation.Key), operation.Key, answer);
            return;
        }

        var kind = operation.Kind == RecordedKind.Write ? KvOperation.Put : KvOperation.Swap;
        var command = new KvCommand(_id, sequence, kind, operation.Key, Encoding.UTF8.GetBytes(operation.Input), Encoding.UTF8.GetBytes(operation.Expected));
        node.Propose(GroupOf(operation.Key), command.Encode(), answer);
    }

    private void Answered(long attempt, string answer)
    {
        if (attempt != _attempt)
        {
            return;
        }

        _attempt++;
        var output = answer switch
        {
            "Done" => "done",
            "Unequal" => "unequal",
            ['v', 'a', 'l', 'u', 'e', ' ', .. var value] => value,
            _ => null,
        };
        if (output is null)
        {
            _target = answer.StartsWith("ask n", StringComparison.Ordinal) ? answer[^1] - '0' : _random.Next(_world.Nodes.Count);
            _world.At(_world.Now + TimeSpan.FromMilliseconds(5 + _random.Next(40)), null, Try);
            return;
        }

        _history.Add(_operation with { Output = output, Returned = _world.Now.Nanoseconds });
        _world.At(_world.Now + TimeSpan.FromMilliseconds(5 + _random.Next(30)), null, Begin);
    }
}
