using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Tests.Membership;

namespace Chirps.Tests.State;

public sealed class OwnStateTests
{
    [Theory]
    [InlineData(StateSettings.KeyBytesMax, true)]
    [InlineData(StateSettings.KeyBytesMax + 1, false)]
    [InlineData(0, false)]
    public void A_key_has_one_to_255_bytes(int length, bool isAllowed)
    {
        var test = new EngineUnderTest();

        var failure = Record.Exception(() => test.Engine.Set(test.Now, new string('k', length), "v"u8));

        Assert.Equal(isAllowed, failure is null);
        Assert.Equal(isAllowed ? 1 : 0, test.Engine.ClusterState.Count());
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public void A_value_is_at_most_as_long_as_allowed(int length, bool isAllowed)
    {
        var test = new EngineUnderTest();

        var failure = Record.Exception(() => test.Engine.Set(test.Now, "key", new byte[length]));

        Assert.Equal(isAllowed, failure is null);
    }

    [Fact]
    public void A_view_handed_out_does_not_change_with_later_writes()
    {
        var test = new EngineUnderTest();
        test.Engine.Set(test.Now, "key", "old"u8);
        Assert.True(test.Engine.TryGetState(test.Engine.Self.Id, out var view));

        test.Engine.Set(test.Now, "key", "new"u8);

        Assert.True(view.Find("key")!.Value.Span.SequenceEqual("old"u8));
    }

    [Fact]
    public void Changes_nobody_takes_are_overwritten_and_leave_a_gap_in_the_numbers()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { State = new StateSettings { ChangesMax = 2 } });

        test.Engine.Set(test.Now, "a", "1"u8);
        test.Engine.Set(test.Now, "b", "1"u8);
        test.Engine.Set(test.Now, "c", "1"u8);

        Assert.True(test.Engine.TryDequeueStateChange(out var change));
        Assert.Equal((2UL, "b"), (change.Number, change.Key));
    }

    [Fact]
    public void A_key_set_to_go_is_written_anew_by_the_next_set()
    {
        var test = new EngineUnderTest();
        test.Engine.Set(test.Now, "key", "v"u8);

        Assert.Equal(StateWriteResult.Written, test.Engine.DeleteAfterTtl(test.Now, "key"));
        Assert.Equal(StateWriteResult.Unchanged, test.Engine.DeleteAfterTtl(test.Now, "key"));
        Assert.Equal(StateWriteResult.Written, test.Engine.Set(test.Now, "key", "v"u8));

        Assert.True(test.Engine.TryGetState(test.Engine.Self.Id, out var view));
        Assert.Equal((StateKeyStatus.Set, 3UL), (view.Entries[0].Status, view.MaxVersion));
    }
}
