using Chirps.Iggy.Embedded;

namespace Chirps.Tests.Iggy.Embedded;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task Who_asks_for_more_than_is_left_waits_in_the_order_of_asking()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60);
        var second = budget.TakeAsync(50).AsTask();
        var third = budget.TakeAsync(10).AsTask();

        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.Equal(100, budget.Left);
    }

    [Fact]
    public async Task A_request_for_more_than_there_is_takes_all()
    {
        var budget = new ByteBudget(100);
        var all = await budget.TakeAsync(101);

        Assert.Equal(0, budget.Left);
        all.Dispose();
        Assert.Equal(100, budget.Left);
    }
}
