namespace Chirps.Engine.Wire;

/// <summary>Why a datagram was not understood. A closed set: the names become metric tags.</summary>
public enum DecodeFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Shorter than the header, or the payload ends inside a field.</summary>
    Truncated,

    /// <summary>Longer than the largest datagram of the format.</summary>
    TooLong,

    /// <summary>A version this build does not speak.</summary>
    UnknownVersion,

    /// <summary>A message kind this build does not know.</summary>
    UnknownKind,

    /// <summary>The header's payload length is not the length of what follows it.</summary>
    LengthMismatch,

    /// <summary>The checksum does not match.</summary>
    BadChecksum,

    /// <summary>A flag or reserved bit is set that has no meaning for the kind.</summary>
    BadFlags,

    /// <summary>A name breaks the rules of member names.</summary>
    BadName,

    /// <summary>The header's sender id is not the hash of the sender's name.</summary>
    SenderIdMismatch,

    /// <summary>A fact claims a status that does not exist.</summary>
    BadStatus,

    /// <summary>A fact of status Alive or Left names an accuser.</summary>
    UnexpectedAccuser,

    /// <summary>A state message breaks a rule: an unknown status, versions out of order, a key that is empty or no UTF-8, a value of a deleted key.</summary>
    BadState,
}
