using Chirps.Engine.Membership;
using FsCheck;
using FsCheck.Fluent;

namespace Chirps.Tests.Membership;

public sealed class FactKeyTests
{
    // Few values, so that equal keys and ties in every part are common.
    private static readonly Arbitrary<FactKey> _keys = Arb.From(
        from generation in Gen.Choose(0, 2)
        from incarnation in Gen.Choose(0, 2)
        from rank in Gen.Choose(0, 3)
        select new FactKey(new Generation((ulong)generation), new Incarnation((uint)incarnation), (MemberStatus)rank));

    [Fact]
    public void Merging_is_commutative() =>
        Prop.ForAll(_keys, _keys, (a, b) => FactKey.Merge(a, b) == FactKey.Merge(b, a)).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_is_associative() =>
        Prop.ForAll(_keys, _keys, _keys, (a, b, c) => FactKey.Merge(a, FactKey.Merge(b, c)) == FactKey.Merge(FactKey.Merge(a, b), c)).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_is_idempotent() => Prop.ForAll(_keys, a => FactKey.Merge(a, a) == a).QuickCheckThrowOnFailure();

    [Fact]
    public void Facts_in_any_order_leave_the_engine_with_the_same_key() => Prop.ForAll(
        _keys,
        _keys,
        _keys,
        (a, b, c) => Final(a, b, c) == Final(c, a, b) && Final(a, b, c) == Final(b, c, a)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 0, MemberStatus.Alive, 0, 9, MemberStatus.Left)]
    [InlineData(0, 1, MemberStatus.Alive, 0, 0, MemberStatus.Left)]
    [InlineData(0, 0, MemberStatus.Suspect, 0, 0, MemberStatus.Alive)]
    [InlineData(0, 0, MemberStatus.Dead, 0, 0, MemberStatus.Suspect)]
    [InlineData(0, 0, MemberStatus.Left, 0, 0, MemberStatus.Dead)]
    public void Generation_counts_before_incarnation_and_that_before_rank(
        ulong generation, uint incarnation, MemberStatus rank, ulong otherGeneration, uint otherIncarnation, MemberStatus otherRank) => Assert.True(
        new FactKey(new Generation(generation), new Incarnation(incarnation), rank)
        > new FactKey(new Generation(otherGeneration), new Incarnation(otherIncarnation), otherRank));

    /// <summary>What an engine that knew the member before holds after three facts.</summary>
    private static FactKey? Final(params FactKey[] facts)
    {
        var test = new EngineUnderTest();
        test.Hear("bob", "bob", MemberStatus.Alive, 0, 0);
        Array.ForEach(facts, fact => test.Hear(fact.Rank == MemberStatus.Left ? "bob" : "carol", "bob", fact.Rank, fact.Incarnation.Value, fact.Generation.Value));
        return test.Engine.TryGetMember(EngineUnderTest.Id("bob"), out var member) ? member.Key : null;
    }
}
