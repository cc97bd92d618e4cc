using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>Draws different random members.</summary>
/// <param name="members">The table.</param>
/// <param name="random">Chance.</param>
/// <param name="gossipToDead">How long the dead are still gossiped to.</param>
internal sealed class PeerPicker(MemberTable members, SeededRandom random, TimeSpan gossipToDead)
{
    private readonly List<MemberRecord> _picked = [];

    /// <summary>Draws up to <paramref name="count"/> members; the list, which is only to be read, is reused by the next draw.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="filter">Which may be drawn.</param>
    /// <param name="self">This node, never drawn.</param>
    /// <param name="except">Another member not to draw.</param>
    public List<MemberRecord> Pick(MeshInstant now, int count, PeerFilter filter, MemberRecord self, MemberRecord? except = null)
    {
        _picked.Clear();
        var records = members.Records;

        // Reservoir sampling (Vitter's algorithm R): one pass, uniform, nothing but the result is kept.
        var eligible = 0;
        for (var index = 0; index < records.Count; index++)
        {
            var record = records[index];
            if (record == self || record == except || !Matches(record, filter, now))
            {
                continue;
            }

            eligible++;
            if (_picked.Count < count)
            {
                _picked.Add(record);
                continue;
            }

            var slot = random.Next(eligible);
            if (slot < count)
            {
                _picked[slot] = record;
            }
        }

        return _picked;
    }

    private bool Matches(MemberRecord record, PeerFilter filter, MeshInstant now) => filter switch
    {
        PeerFilter.Alive => record.Status == MemberStatus.Alive,
        PeerFilter.Dead => record.Status == MemberStatus.Dead,
        _ => record.IsPresent || (record.Status == MemberStatus.Dead && now - record.Since < gossipToDead),
    };
}
