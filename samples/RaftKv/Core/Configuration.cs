using System.Text;
using Chirps.Engine.Membership;

namespace RaftKv.Core;

/// <summary>Who votes, in the order of names. Immutable.</summary>
internal sealed class Configuration
{
    /// <summary>More voters than this are refused: each costs the leader a copy of everything.</summary>
    public const int VotersMax = 9;

    private readonly MemberId[] _voters;

    public Configuration(IEnumerable<MemberId> voters)
    {
        _voters = [.. voters.Distinct().Order()];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_voters.Length, VotersMax, nameof(voters));
    }

    /// <summary>Nobody: a replica that was not told yet, and therefore never campaigns.</summary>
    public static Configuration None { get; } = new([]);

    public IReadOnlyList<MemberId> Voters => _voters;

    /// <summary>How many voters are a majority.</summary>
    public int Quorum => (_voters.Length / 2) + 1;

    public bool Contains(MemberId member) => Array.IndexOf(_voters, member) >= 0;

    public Configuration With(MemberId member) => new([.. _voters, member]);

    public Configuration Without(MemberId member) => new(_voters.Where(voter => voter != member));

    /// <summary>Whether the two differ by one voter at most: then every majority of one meets every majority of the other (Ongaro's dissertation, section 4.1).</summary>
    public bool IsOneStepFrom(Configuration other) => _voters.Except(other._voters).Count() + other._voters.Except(_voters).Count() <= 1;

    /// <summary>The names, separated by line ends.</summary>
    public byte[] Encode() => Encoding.ASCII.GetBytes(string.Join('\n', _voters));

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>Whether the bytes are a configuration.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Configuration configuration)
    {
        configuration = None;
        var voters = new List<MemberId>();
        foreach (var range in bytes.Split((byte)'\n'))
        {
            if (bytes.IsEmpty)
            {
                break;
            }

            if (voters.Count == VotersMax || !MemberId.TryParse(bytes[range], out var voter))
            {
                return false;
            }

            voters.Add(voter);
        }

        configuration = new Configuration(voters);
        return true;
    }

    public override string ToString() => string.Join(",", _voters);
}
