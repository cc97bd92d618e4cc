using RaftKv.Kv;

namespace Chirps.Tests.Raft;

public sealed class KvStateTests
{
    [Fact]
    public void Commands_of_nobody_in_particular_push_no_client_out_of_memory()
    {
        var (state, client) = (new KvState(), Guid.NewGuid());
        state.Apply(new KvCommand(client, 1, KvOperation.Put, "key", new byte[1]).Encode());

        for (var count = 0; count <= KvState.SessionsMax; count++)
        {
            state.Apply(new KvCommand(Guid.Empty, 0, KvOperation.Put, "key", new byte[2]).Encode());
        }

        Assert.Equal(KvResult.Done, state.Apply(new KvCommand(client, 1, KvOperation.Put, "key", new byte[1]).Encode()));
        Assert.Equal(2, state.Get("key").Length);
    }
}
