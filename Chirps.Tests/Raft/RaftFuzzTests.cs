using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Tests.Fuzzing;
using RaftKv;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Storage;
using Xunit.Abstractions;

namespace Chirps.Tests.Raft;

public sealed class RaftFuzzTests(ITestOutputHelper output)
{
    private static readonly MemberId[] _members = [MemberId.Parse("a"), MemberId.Parse("b"), MemberId.Parse("c")];

    [Fact]
    public void Messages_are_read_as_they_were_written() => Fuzz.Cases(output, 2000, random =>
    {
        var message = Message(random);
        var bytes = Encode(message);

        Assert.True(RaftCodec.TryRead(bytes, out var read));
        Assert.Equal(bytes, Encode(read));
    });

    [Fact]
    public void Damaged_messages_never_throw_and_never_break_a_replica() => Fuzz.Cases(output, 2000, random =>
    {
        var now = MeshInstant.Zero;
        var core = new RaftCore(_members[0], new RaftSettings(), default, new RaftLog(new SnapshotPoint(0, 0, new Configuration(_members)), []), random, now);
        for (var count = 0; count < 20; count++)
        {
            if (RaftCodec.TryRead(Mutations.Of(random, Encode(Message(random))), out var message) && message.Kind != MessageKind.Snapshot)
            {
                core.Receive(now, random.Pick<MemberId>(_members.AsSpan(1)), message);
            }

            now += TimeSpan.FromMilliseconds(random.Next(300));
            core.Advance(now);
            core.Flush(now);
            while (core.TakePersist() is { } request)
            {
                core.Persisted(now, request);
            }

            Assert.InRange(core.Commit, 0UL, core.Last);
        }
    });

    [Fact]
    public void Bytes_of_chance_are_neither_commands_nor_states_nor_records() => Fuzz.Cases(output, 5000, random =>
    {
        var bytes = Mutations.Bytes(random, 200);

        Assert.Equal(0, new LogReplay([]).Read(LogSegment.At("", 1), bytes, isNewest: true));
        Assert.Null(KvState.Read(bytes));
        KvCommand.Decode(bytes);
    });

    [Fact]
    public void A_state_is_read_as_it_was_written() => Fuzz.Cases(output, 200, random =>
    {
        var state = new KvState();
        for (var count = random.Next(50); count > 0; count--)
        {
            state.Apply(new KvCommand(new Guid(random.Next(5), 0, 0, new byte[8]), (ulong)random.Next(20), (KvOperation)(1 + random.Next(3)), $"k{random.Next(9)}", Mutations.Bytes(random, 20)).Encode());
        }

        Assert.Equal(Encode(state), Encode(KvState.Read(Encode(state))!));
    });

    private static byte[] Encode(RaftMessage message)
    {
        var writer = new FieldWriter();
        RaftCodec.Write(writer, message);
        return writer.Written.ToArray();
    }

    private static byte[] Encode(KvState state)
    {
        using var bytes = new MemoryStream();
        state.Write(part => bytes.Write(part.Span));
        return bytes.ToArray();
    }

    private static RaftMessage Message(SeededRandom random)
    {
        var (term, index) = (4 + (ulong)random.Next(3), (ulong)random.Next(4));
        var kind = (MessageKind)random.Next(9);
        var entries = Enumerable.Range(1, kind == MessageKind.Append ? random.Next(4) : 0).Select(offset => new LogEntry(term, index + (ulong)offset, EntryKind.Command, Mutations.Bytes(random, 9)));
        return new RaftMessage(kind, term)
        {
            Index = index,
            LogTerm = (ulong)random.Next(4),
            Commit = (ulong)random.Next(5),
            Round = (ulong)random.Next(3),
            Hint = (ulong)random.Next(3),
            Refused = random.Next(2) == 0,
            Entries = [.. entries],
            Configuration = kind == MessageKind.Snapshot ? new Configuration(_members) : null,
        };
    }
}
