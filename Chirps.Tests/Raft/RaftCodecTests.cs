using RaftKv;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

public sealed class RaftCodecTests
{
    [Theory]
    [InlineData((ulong.MaxValue / 2) - 1, true)]
    [InlineData(ulong.MaxValue / 2, false)]
    [InlineData(ulong.MaxValue, false)]
    public void A_term_that_has_no_room_for_elections_behind_it_is_not_taken(ulong term, bool isTaken)
    {
        var writer = new FieldWriter();
        RaftCodec.Write(writer, new RaftMessage(MessageKind.HeartbeatReply, term));

        Assert.Equal(isTaken, RaftCodec.TryRead(writer.Written, out _));
    }
}
