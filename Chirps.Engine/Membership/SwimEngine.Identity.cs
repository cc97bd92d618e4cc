using System.Diagnostics.CodeAnalysis;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Two processes with one identity.</content>
public sealed partial class SwimEngine
{
    private const int ConflictsMax = 64;

    /// <summary>Takes the oldest conflict about an identity: the same name and generation with another credential or address.</summary>
    /// <remarks>At most one for each member and period; the oldest are overwritten when nobody takes them.</remarks>
    /// <param name="conflict">The conflict.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueConflict([NotNullWhen(true)] out IdentityConflict? conflict) => _conflicts.TryTake(out conflict!);

    /// <summary>Refuses a datagram of a known process that proves another credential than before.</summary>
    private DropReason? ConflictOf(MeshInstant now, scoped in SwimMessage message, PeerSource from)
    {
        if (from.CredentialHash == 0 || _members.Find(message.SenderName) is not { } record || record.Key.Generation != message.SenderGeneration)
        {
            return null;
        }

        if (record.CredentialHash == 0)
        {
            record.CredentialHash = from.CredentialHash;
        }
        else if (record.CredentialHash != from.CredentialHash)
        {
            RaiseConflict(now, record, message.SenderGeneration, from.Address);
            return DropReason.IdentityConflict;
        }

        return null;
    }

    private void RaiseConflict(MeshInstant now, MemberRecord record, Generation generation, MemberAddress claimed)
    {
        _counters.IdentityConflicts++;
        if (record.LastConflict is not { } last || now - last >= _settings.Period)
        {
            record.LastConflict = now;
            _conflicts.Add(new IdentityConflict(record.Id, generation, record.Address, claimed, now));
        }
    }
}
