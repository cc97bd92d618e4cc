using Chirps.Engine.Time;

namespace Chirps.Tests.Time;

public sealed class DeadlineTableTests
{
    private enum Some : byte
    {
        First,
        Second,
    }

    private readonly DeadlineTable<Some> _table = new();

    [Fact]
    public void An_empty_table_has_no_deadline() => Assert.Null(_table.Next);

    [Fact]
    public void The_earliest_deadline_is_next()
    {
        _table.Set(Some.First, new MeshInstant(20));
        _table.Set(Some.Second, new MeshInstant(10));

        Assert.Equal(new MeshInstant(10), _table.Next);
    }

    [Fact]
    public void A_deadline_is_taken_once_at_its_instant_and_not_before()
    {
        _table.Set(Some.First, new MeshInstant(20));

        Assert.False(_table.TakeIfDue(Some.First, new MeshInstant(19)));
        Assert.True(_table.TakeIfDue(Some.First, new MeshInstant(20)));
        Assert.False(_table.TakeIfDue(Some.First, new MeshInstant(21)));
    }

    [Fact]
    public void Setting_again_replaces()
    {
        _table.Set(Some.First, new MeshInstant(20));
        _table.Set(Some.First, new MeshInstant(30));

        Assert.False(_table.TakeIfDue(Some.First, new MeshInstant(25)));
    }

    [Fact]
    public void A_stopped_deadline_is_never_due()
    {
        _table.Set(Some.First, new MeshInstant(20));
        _table.Stop(Some.First);
        _table.Set(Some.Second, (MeshInstant?)null);

        Assert.Null(_table.Next);
        Assert.False(_table.TakeIfDue(Some.First, new MeshInstant(99)));
    }
}
