using System.Collections;

namespace Chirps.Engine.Membership;

/// <summary>The members of a table without what only the table knows.</summary>
internal sealed class MemberViewList(MemberTable table) : IReadOnlyCollection<Member>
{
    public int Count => table.Entries.Count;

    public IEnumerator<Member> GetEnumerator() => table.Entries.Select(static entry => entry.Member).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
