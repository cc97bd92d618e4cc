using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Tests.State;

public sealed class StateStoreTests
{
    private static readonly StateSettings _short = new() { KeyGrace = TimeSpan.FromSeconds(10) };
    private static readonly MeshInstant _later = Copies.Start + TimeSpan.FromSeconds(11);

    [Fact]
    public void Each_write_takes_the_next_version_and_the_same_value_again_takes_none()
    {
        var owner = new Copies(isOwner: true);

        Assert.Equal(StateWriteResult.Written, owner.Set("a", "1"));
        Assert.Equal(StateWriteResult.Unchanged, owner.Set("a", "1"));
        Assert.Equal(StateWriteResult.Written, owner.Set("a", "2"));

        Assert.Equal((2UL, "a=2"), (owner.Held.MaxVersion, owner.Keys));
    }

    [Fact]
    public void A_deleted_key_is_invisible_and_deleting_what_is_not_there_changes_nothing()
    {
        var owner = new Copies(isOwner: true);
        owner.Set("a", "1");

        Assert.Equal(StateWriteResult.Written, owner.Delete("a"));
        Assert.Equal(StateWriteResult.Unchanged, owner.Delete("a"));
        Assert.Equal(StateWriteResult.Unchanged, owner.Delete("b"));

        Assert.Equal((2UL, string.Empty), (owner.Held.MaxVersion, owner.Keys));
    }

    [Fact]
    public void A_key_marked_to_go_stays_visible_until_its_grace_period_is_over()
    {
        var owner = new Copies(_short, isOwner: true);
        var reader = new Copies(_short);
        owner.Set("a", "1");
        owner.Store.Write(Copies.Start, "a", owner.Held.Find("a")!.Value, StateKeyStatus.DeleteAfterTtl);
        reader.Pull(owner);

        Assert.Equal("a=1", reader.Keys);
        reader.Store.Collect(_later);

        Assert.Equal((string.Empty, 2UL), (reader.Keys, reader.Held.LastGcVersion));
        Assert.Equal(StateChangeKind.Deleted, reader.Changes()[^1].Kind);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void A_piece_cut_at_any_budget_is_a_correct_prefix(int bytes)
    {
        var owner = new Copies(isOwner: true);
        var reader = new Copies();
        for (var key = 0; key < 30; key++)
        {
            owner.Set($"k{key % 20}", $"{key}");
        }

        owner.Delete("k3");
        var pieces = 0;
        while (reader.Held.MaxVersion < owner.Held.MaxVersion)
        {
            Assert.Equal(StateMerge.Applied, reader.Pull(owner, bytes));
            pieces++;
        }

        Assert.Equal(owner.Keys, reader.Keys);
        Assert.True(pieces > 1);
    }

    [Fact]
    public void A_piece_from_the_future_is_refused_and_a_known_one_changes_nothing()
    {
        var owner = new Copies(isOwner: true);
        var (near, far) = (new Copies(), new Copies());
        owner.Set("a", "1");
        near.Pull(owner);
        owner.Set("b", "2");
        var second = owner.Piece(near.Held);

        Assert.Equal(StateMerge.Gap, far.Merge(second));
        Assert.Equal(StateMerge.Applied, near.Merge(second));
        Assert.Equal(StateMerge.Stale, near.Merge(second));
        Assert.Equal((string.Empty, "a=1 b=2"), (far.Keys, near.Keys));
    }

    [Fact]
    public void Whoever_missed_a_forgotten_deletion_is_reset_and_told_so()
    {
        var owner = new Copies(_short, isOwner: true);
        var reader = new Copies(_short);
        owner.Set("gone", "1");
        owner.Set("kept", "2");
        reader.Pull(owner);
        owner.Delete("gone");
        owner.Store.Collect(_later);
        owner.Set("new", "3");
        reader.Changes();

        Assert.Equal(StateMerge.Applied, reader.Pull(owner));

        Assert.Equal("kept=2 new=3", reader.Keys);
        Assert.Equal(StateChangeKind.Reset, reader.Changes()[0].Kind);
    }

    [Fact]
    public void A_reset_cut_in_the_middle_goes_on_where_it_stopped()
    {
        var owner = new Copies(_short, isOwner: true);
        var reader = new Copies(_short);
        owner.Set("gone", "1");
        Enumerable.Range(0, 10).ToList().ForEach(key => owner.Set($"kept{key}", "2"));
        reader.Pull(owner);
        owner.Delete("gone");
        owner.Store.Collect(_later);
        owner.Set("new", "3");

        reader.Pull(owner, 120);
        Assert.True(reader.Held.LastGcVersion > reader.Held.MaxVersion);
        while (reader.Held.MaxVersion < owner.Held.MaxVersion)
        {
            reader.Pull(owner, 120);
        }

        Assert.Equal(owner.Keys, reader.Keys);
        Assert.Single(reader.Changes(), change => change.Kind == StateChangeKind.Reset);
    }

    [Fact]
    public void A_deletion_heard_of_before_it_is_forgotten_needs_no_reset()
    {
        var owner = new Copies(_short, isOwner: true);
        var reader = new Copies(_short);
        owner.Set("gone", "1");
        reader.Pull(owner);
        owner.Delete("gone");
        reader.Pull(owner);
        owner.Store.Collect(_later);
        owner.Set("new", "3");

        reader.Pull(owner);

        Assert.Equal("new=3", reader.Keys);
        Assert.DoesNotContain(reader.Changes(), change => change.Kind == StateChangeKind.Reset);
    }

    [Fact]
    public void Own_writes_are_taken_up_to_the_quota_and_refused_beyond()
    {
        var owner = new Copies(new StateSettings { NodeBytesMax = 1_024, ValueBytesMax = 2_000 }, isOwner: true);
        var full = new string('x', 1_024 - StateSettings.KeyOverheadBytes - 1);

        Assert.Equal(StateWriteResult.OverQuota, owner.Set("a", full + "x"));
        Assert.Equal(0UL, owner.Held.MaxVersion);
        Assert.Equal(StateWriteResult.Written, owner.Set("a", full));
        Assert.Equal(StateWriteResult.OverQuota, owner.Set("b", string.Empty));
        Assert.Equal(StateWriteResult.Written, owner.Set("a", "1"));
        Assert.Equal(StateWriteResult.Written, owner.Set("b", string.Empty));
    }

    [Fact]
    public void Another_nodes_writes_are_taken_up_to_the_quota_and_no_further()
    {
        var owner = new Copies(isOwner: true);
        var reader = new Copies(new StateSettings { NodeBytesMax = 1_024 });
        Enumerable.Range(0, 10).ToList().ForEach(key => owner.Set($"key{key}", new string('x', 200)));

        Assert.Equal(StateMerge.OverQuota, reader.Pull(owner));

        Assert.Equal(4UL, reader.Held.MaxVersion);
        Assert.InRange(reader.Store.Bytes, 1, 1_024);
    }

    [Fact]
    public void Equal_states_have_equal_summaries_and_different_ones_differ_in_one_bucket()
    {
        var owner = new Copies(isOwner: true);
        var reader = new Copies();
        owner.Set("a", "1");
        reader.Pull(owner);
        Assert.True(owner.Store.Buckets.SequenceEqual(reader.Store.Buckets));

        owner.Set("a", "2");

        var differing = Enumerable.Range(0, 64).Count(bucket => owner.Store.Buckets[bucket] != reader.Store.Buckets[bucket]);
        Assert.Equal(1, differing);
    }

    [Fact]
    public void Own_keys_with_a_lifetime_are_deleted_when_it_is_over()
    {
        var owner = new Copies(isOwner: true);
        owner.Store.Write(Copies.Start, "short", default, StateKeyStatus.Set, Copies.Start + TimeSpan.FromSeconds(1));
        owner.Store.Write(Copies.Start, "long", default, StateKeyStatus.Set, Copies.Start + TimeSpan.FromSeconds(5));

        var next = owner.Store.ExpireOwn(Copies.Start + TimeSpan.FromSeconds(2));

        Assert.Equal(("long=", Copies.Start + TimeSpan.FromSeconds(5)), (owner.Keys, next));
    }

    [Fact]
    public void A_state_fetched_elsewhere_is_taken_only_if_newer()
    {
        var owner = new Copies(isOwner: true);
        var reader = new Copies();
        owner.Set("a", "1");
        var old = owner.Held.ToView();
        owner.Set("b", "2");

        Assert.True(reader.Store.TryRestore(Copies.Start, reader.Held, owner.Held.ToView()));
        Assert.False(reader.Store.TryRestore(Copies.Start, reader.Held, old));

        Assert.Equal("a=1 b=2", reader.Keys);
    }

    [Fact]
    public void A_node_becomes_ready_when_the_rule_holds_of_its_keys()
    {
        var reader = new Copies(new StateSettings { IsReady = state => state.Find("ready") is not null });
        var owner = new Copies(isOwner: true);
        owner.Set("ready", "yes");
        reader.Pull(owner);
        owner.Delete("ready");
        reader.Pull(owner);

        Assert.Equal(
            [StateChangeKind.Set, StateChangeKind.Ready, StateChangeKind.Deleted, StateChangeKind.NotReady],
            reader.Changes().Select(change => change.Kind));
    }

    [Fact]
    public void A_subscriber_to_a_prefix_gets_matching_keys_without_it_and_resets()
    {
        var owner = new Copies(isOwner: true);
        owner.Set("service/a", "1");
        owner.Set("other", "1");
        var changes = owner.Changes();

        Assert.True(changes[0].TryMatch("service/", out var rest));
        Assert.Equal("a", rest);
        Assert.False(changes[1].TryMatch("service/", out _));
        Assert.True((changes[0] with { Kind = StateChangeKind.Reset }).TryMatch("service/", out _));
    }

    [Fact]
    public void Copies_that_exchange_in_any_order_agree_with_the_owner()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var random = new SeededRandom(seed);
            var owner = new Copies(_short, isOwner: true);
            var readers = Enumerable.Range(0, 4).Select(_ => new Copies(_short)).ToList();
            var now = Copies.Start;
            for (var step = 0; step < 300; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(400));
                var key = $"k{random.Next(6)}";
                _ = random.Next(3) == 0 ? owner.Delete(key, now) : owner.Set(key, $"{step}", now);
                var reader = readers[random.Next(4)];
                var source = random.Next(3) == 0 ? owner : readers[random.Next(4)];
                reader.Pull(source, 60 + random.Next(400), now);
                (random.Next(2) == 0 ? reader : owner).Store.Collect(now);
            }

            foreach (var reader in readers)
            {
                for (var pull = 0; pull < 50 && reader.Held.MaxVersion < owner.Held.MaxVersion; pull++)
                {
                    reader.Pull(owner, 200, now);
                }

                Assert.True(owner.Keys == reader.Keys, $"seed {seed}: {owner.Keys} but {reader.Keys}");
            }
        }
    }
}
