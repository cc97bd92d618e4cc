using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.TestingHost;

namespace Chirps.Tests.Conformance;

/// <summary>What Chirps relies on of Orleans: grains and calls. Passes on the published packages and on the stand-in.</summary>
public sealed class OrleansConformanceTests(OrleansCluster fixture) : IClassFixture<OrleansCluster>
{
    private TestCluster Cluster => fixture.Cluster;

    private IGrainFactory Grains => fixture.Cluster.Client;

    private static string Unique([System.Runtime.CompilerServices.CallerMemberName] string test = "") => $"{test}-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_key_may_hold_any_characters()
    {
        var key = Unique() + "/ä ?#%+\\..";
        Assert.Equal(key, await Grains.GetGrain<IPlainGrain>(key).Key());
    }

    [Fact]
    public void An_empty_key_is_refused() => Assert.ThrowsAny<ArgumentException>(() => Grains.GetGrain<IPlainGrain>(""));

    [Fact]
    public void An_interface_nobody_implements_is_refused() => Assert.Throws<ArgumentException>(() => Grains.GetGrain<INobodyGrain>("x"));

    [Fact]
    public async Task References_to_one_grain_reach_one_activation()
    {
        var key = Unique();
        _ = await Grains.GetGrain<IPlainGrain>(key).Increment();
        Assert.Equal(2, await Grains.GetGrain<IPlainGrain>(key).Increment());
    }

    [Fact]
    public void A_reference_knows_its_identity()
    {
        var id = Grains.GetGrain<IPlainGrain>("the-key").GetGrainId();
        Assert.Equal("conformanceplain/the-key", id.ToString());
    }

    [Fact]
    public async Task One_request_runs_at_a_time()
    {
        var (grain, gate) = (Grains.GetGrain<IPlainGrain>(Unique()), Unique());
        Task<int>[] calls = [grain.Overlap(gate), grain.Overlap(gate), grain.Overlap(gate)];
        await OrleansCluster.Until("a request is inside", async () => await grain.Inside() == 1);
        Signals.Set(gate);
        Assert.All(await Task.WhenAll(calls), static most => Assert.Equal(1, most));
    }

    [Fact]
    public async Task Read_only_requests_overlap()
    {
        var (grain, gate) = (Grains.GetGrain<IPlainGrain>(Unique()), Unique());
        Task<int>[] calls = [grain.ReadOverlap(gate), grain.ReadOverlap(gate)];
        await OrleansCluster.Until("two requests are inside", async () => await grain.Inside() == 2);
        Signals.Set(gate);
        Assert.All(await Task.WhenAll(calls), static most => Assert.Equal(2, most));
    }

    [Fact]
    public async Task A_reentrant_grain_overlaps_requests_and_may_call_itself()
    {
        var (grain, gate) = (Grains.GetGrain<IReentrantGrain>(Unique()), Unique());
        Task<int>[] calls = [grain.Overlap(gate), grain.Overlap(gate)];
        await Signals.Wait($"{gate}:inside:2").WaitAsync(TimeSpan.FromSeconds(10));
        await grain.SelfCall();
        Signals.Set(gate);
        Assert.All(await Task.WhenAll(calls), static most => Assert.Equal(2, most));
    }

    [Fact]
    public async Task Stateless_workers_are_added_up_to_their_limit()
    {
        var (grain, gate) = (Grains.GetGrain<IWorkerGrain>(Unique()), Unique());
        Task<string>[] calls = [grain.Work(gate), grain.Work(gate), grain.Work(gate), grain.Work(gate)];
        var management = Grains.GetGrain<IManagementGrain>(0);
        await OrleansCluster.Until("two workers exist", async () => await Workers(management) == 2);
        Signals.Set(gate);
        Assert.Equal(2, (await Task.WhenAll(calls)).Distinct().Count());
    }

    [Fact]
    public async Task Awaits_resume_on_the_scheduler_of_the_activation() => Assert.True(await Grains.GetGrain<IPlainGrain>(Unique()).ResumesOnScheduler());

    [Fact]
    public async Task A_one_way_call_returns_first_and_swallows_exceptions()
    {
        var gate = Unique();
        await Grains.GetGrain<IPlainGrain>(Unique()).FireAndForget(gate).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(Signals.IsSet($"{gate}:ran"));
        Signals.Set(gate);
        await Signals.Wait($"{gate}:ran").WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_late_response_is_a_timeout_and_the_grain_goes_on()
    {
        var gate = Unique();
        var grain = Grains.GetGrain<IPlainGrain>(Unique());
        _ = await grain.Key();
        _ = await Assert.ThrowsAsync<TimeoutException>(() => grain.Slow(gate));
        Signals.Set(gate);
        await Signals.Wait($"{gate}:ended").WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_grain_that_calls_itself_waits_until_the_timeout()
    {
        Signals.Set("open");
        _ = await Assert.ThrowsAsync<TimeoutException>(() => Grains.GetGrain<IPlainGrain>(Unique()).SelfCall());
    }

    [Fact]
    public async Task A_call_chain_may_be_allowed_to_come_back() => await Grains.GetGrain<IPlainGrain>(Unique()).SelfCallAllowed();

    [Fact]
    public async Task Cancelling_frees_the_caller_and_reaches_the_grain()
    {
        var mark = Unique();
        using CancellationTokenSource cancel = new();
        var call = Grains.GetGrain<IPlainGrain>(Unique()).WaitForCancellation(mark, cancel.Token);
        await Signals.Wait($"{mark}:started").WaitAsync(TimeSpan.FromSeconds(10));
        await cancel.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Signals.Wait($"{mark}:cancelled").WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_cancelled_token_never_sends()
    {
        var mark = Unique();
        var grain = Grains.GetGrain<IPlainGrain>(Unique());
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitForCancellation(mark, new CancellationToken(canceled: true)));
        _ = await grain.Key();
        Assert.False(Signals.IsSet($"{mark}:started"));
    }

    [Fact]
    public async Task The_request_context_flows_down_and_not_back()
    {
        RequestContext.Set("trace", "abc");
        Assert.Equal("abc", await Grains.GetGrain<IPlainGrain>(Unique()).TraceThrough("trace"));
        Assert.Equal("abc", RequestContext.Get("trace"));
        RequestContext.Clear();
    }

    [Fact]
    public async Task A_declared_exception_arrives_with_its_fields()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Grains.GetGrain<IPlainGrain>(Unique()).Fail("declared"));
        Assert.Equal(("refused", 42), (refused.Message, refused.Code));
    }

    [Fact]
    public async Task A_system_exception_arrives_as_it_is()
        => Assert.Equal("not now", (await Assert.ThrowsAsync<InvalidOperationException>(() => Grains.GetGrain<IPlainGrain>(Unique()).Fail("system"))).Message);

    [Fact]
    public async Task An_undeclared_exception_reaches_a_caller_in_the_silo_unchanged()
    {
        var inside = Cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();
        _ = await Assert.ThrowsAsync<UndeclaredException>(() => inside.GetGrain<IPlainGrain>(Unique()).Fail("undeclared"));
    }

    [Fact]
    public async Task An_exception_on_activation_reaches_the_caller()
        => Assert.Equal(2, (await Assert.ThrowsAsync<RefusedException>(() => Grains.GetGrain<IFailingGrain>($"activate-{Unique()}").Touch())).Code);

    [Fact]
    public async Task An_exception_in_the_constructor_is_wrapped()
        => await Assert.ThrowsAsync<InvalidOperationException>(() => Grains.GetGrain<IFailingGrain>($"constructor-{Unique()}").Touch());

    [Fact]
    public async Task Leaving_ends_the_activation_and_the_next_call_makes_a_new_one()
    {
        var (key, grain) = (Unique(), default(IPlainGrain));
        grain = Grains.GetGrain<IPlainGrain>(key);
        var first = await grain.Activation();
        await grain.LeaveWhenIdle();
        await Signals.Wait($"{key}:disposed-after").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.NotEqual(first, await grain.Activation());
    }

    [Fact]
    public async Task Idle_activations_are_collected_on_request()
    {
        var key = Unique();
        _ = await Grains.GetGrain<IPlainGrain>(key).Increment();
        var management = Grains.GetGrain<IManagementGrain>(0);
        await OrleansCluster.Until("the idle activation is collected", async () =>
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            return Signals.IsSet($"{key}:deactivated:{DeactivationReasonCode.ActivationIdle}") || await management.GetActivationAddress(Grains.GetGrain<IPlainGrain>(key)) is null;
        });
        Assert.Equal(1, await Grains.GetGrain<IPlainGrain>(key).Increment());
    }

    [Fact]
    public async Task A_timer_goes_on_after_an_exception()
    {
        var mark = Unique();
        await Grains.GetGrain<IPlainGrain>(Unique()).StartTimer(mark);
        await Signals.Wait($"{mark}:3").WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Management_counts_activations_and_names_the_silo()
    {
        var grain = Grains.GetGrain<IPlainGrain>(Unique());
        _ = await grain.Key();
        var management = Grains.GetGrain<IManagementGrain>(0);
        var statistics = await management.GetSimpleGrainStatistics();
        var name = $"{typeof(ConformancePlainGrain).FullName},{typeof(ConformancePlainGrain).Assembly.GetName().Name}";
        Assert.True(statistics.Single(s => s.GrainType == name).ActivationCount >= 1);
        Assert.True(await management.GetTotalActivationCount() >= 1);
        Assert.Equal(SiloStatus.Active, Assert.Single(await management.GetHosts(onlyActive: true)).Value);
    }

    [Fact]
    public async Task Arguments_are_copies()
    {
        var grain = Grains.GetGrain<ICopyGrain>(Unique());
        Parcel mine = new() { Label = "a", Weights = [1, 2], Inner = new() { Label = "b" }, NotDeclared = "stays" };
        var kept = await grain.Keep(mine);
        mine.Weights.Add(3);
        kept.Weights.Add(4);
        var seen = await grain.Kept();
        Assert.Equal([1, 2], seen.Weights);
        Assert.Equal(("b", ""), (seen.Inner!.Label, seen.NotDeclared));
    }

    [Fact]
    public async Task An_object_that_contains_itself_is_copied_once()
    {
        Parcel mine = new() { Label = "loop" };
        mine.Inner = mine;
        var echo = await Grains.GetGrain<ICopyGrain>(Unique()).Keep(mine);
        Assert.Same(echo, echo.Inner);
        Assert.NotSame(mine, echo);
    }

    [Fact]
    public async Task Records_structs_and_bytes_travel_by_value()
    {
        var grain = Grains.GetGrain<ICopyGrain>(Unique());
        Stamp stamp = new("s", [1]);
        Pair pair = new(Guid.NewGuid(), [2]);
        var (stampBack, pairBack, bytes) = (await grain.EchoStamp(stamp), await grain.EchoPair(pair), await grain.EchoBytes(new byte[] { 3, 4 }));
        Assert.NotSame(stamp.Marks, stampBack.Marks);
        Assert.NotSame(pair.Right, pairBack.Right);
        Assert.Equal((stamp.Text, pair.Left), (stampBack.Text, pairBack.Left));
        Assert.Equal([1, 2, 3, 4], [.. stampBack.Marks, .. pairBack.Right, .. bytes.ToArray()]);
    }

    [Theory]
    [MemberData(nameof(WellKnown))]
    public async Task Well_known_types_travel(object value) => Assert.Equal(value, await Grains.GetGrain<ICopyGrain>(Unique()).EchoAny(value));

    public static TheoryData<object> WellKnown() =>
    [
        "text", 1, 2L, 3.5, 4m, true, Guid.NewGuid(), DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5), new Uri("http://localhost/x"),
        new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 80), DayOfWeek.Friday, new[] { 1, 2 }, new List<string> { "a" },
        new Dictionary<string, int> { ["a"] = 1 }, System.Collections.Immutable.ImmutableArray.Create(1, 2), (1, "two"), Tuple.Create(1, "two"),
    ];

    [Fact]
    public async Task An_undeclared_type_does_not_leave_the_caller()
    {
        var grain = Grains.GetGrain<ICopyGrain>(Unique());
        _ = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.EchoAny(new Undeclared()));
        await grain.SendUndeclared("x");
    }

    [Fact]
    public async Task Inside_the_silo_values_are_copied_unless_immutable()
    {
        var grain = Grains.GetGrain<ICopyGrain>(Unique());
        Assert.False(await grain.SameInSilo());
        Assert.True(await grain.ImmutableIsSameInSilo());
    }

    private static async Task<int> Workers(IManagementGrain management)
        => (await management.GetSimpleGrainStatistics()).Where(static s => s.GrainType.StartsWith(typeof(ConformanceWorkerGrain).FullName!, StringComparison.Ordinal)).Sum(static s => s.ActivationCount);
}
