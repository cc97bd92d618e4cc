namespace Chirps.Iggy.Protocol;

/// <summary>What an Iggy server answers: zero, or one of its error codes. A code from the wire may be none of the names here.</summary>
public enum IggyStatus : uint
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>An unknown command, or a payload that is not that command's.</summary>
    InvalidCommand = 3,

    /// <summary>A payload of the wrong format.</summary>
    InvalidFormat = 4,

    /// <summary>The server does not offer this.</summary>
    FeatureUnavailable = 5,

    /// <summary>An identifier that cannot be one.</summary>
    InvalidIdentifier = 6,

    /// <summary>The server is shutting down.</summary>
    Disconnected = 8,

    /// <summary>An unknown token (classic), or a write to a target that does not exist (VSR).</summary>
    ResourceNotFound = 20,

    /// <summary>Heartbeats were missed. The server closes the connection.</summary>
    StaleClient = 30,

    /// <summary>Nobody is logged in on this connection.</summary>
    Unauthenticated = 40,

    /// <summary>The user may not do this.</summary>
    Unauthorized = 41,

    /// <summary>A wrong user name or password.</summary>
    InvalidCredentials = 42,

    /// <summary>A user name of a length that is not allowed.</summary>
    InvalidUsername = 43,

    /// <summary>A password of a length that is not allowed.</summary>
    InvalidPassword = 44,

    /// <summary>A user of this name exists.</summary>
    UserExists = 46,

    /// <summary>The user is switched off.</summary>
    UserInactive = 47,

    /// <summary>An access token of this name exists.</summary>
    TokenExists = 51,

    /// <summary>Not an access token of this server.</summary>
    InvalidToken = 53,

    /// <summary>The access token has expired.</summary>
    TokenExpired = 54,

    /// <summary>Not committed yet: the same request may be replayed (VSR).</summary>
    TransientNotCommitted = 57,

    /// <summary>Not accepted: the same request may be replayed, perhaps elsewhere (VSR).</summary>
    TransientNotAccepted = 58,

    /// <summary>This request was applied before (VSR).</summary>
    AlreadyApplied = 59,

    /// <summary>No such client. The server closes the connection.</summary>
    ClientNotFound = 100,

    /// <summary>Client id zero.</summary>
    InvalidClientId = 101,

    /// <summary>The connection was closed.</summary>
    ConnectionClosed = 206,

    /// <summary>No such stream.</summary>
    StreamNotFound = 1009,

    /// <summary>No stream of this name; servers answer <see cref="StreamNotFound"/> in practice.</summary>
    StreamNameNotFound = 1010,

    /// <summary>A stream of this name exists.</summary>
    StreamNameExists = 1012,

    /// <summary>No such topic, or a topic without partitions.</summary>
    TopicNotFound = 2010,

    /// <summary>No topic of this name; servers answer <see cref="TopicNotFound"/> in practice.</summary>
    TopicNameNotFound = 2011,

    /// <summary>A topic of this name exists.</summary>
    TopicNameExists = 2013,

    /// <summary>More partitions than one call may ask for.</summary>
    TooManyPartitions = 2015,

    /// <summary>No such partition.</summary>
    PartitionNotFound = 3007,

    /// <summary>No offset is stored for this consumer.</summary>
    ConsumerOffsetNotFound = 3021,

    /// <summary>The consumer could not be resolved.</summary>
    ConsumerNotResolved = 3022,

    /// <summary>A send of no message.</summary>
    InvalidMessageCount = 4009,

    /// <summary>User headers of one message above their limit.</summary>
    HeadersTooBig = 4017,

    /// <summary>A message payload above its limit.</summary>
    PayloadTooBig = 4022,

    /// <summary>A message does not match its checksum.</summary>
    InvalidMessageChecksum = 4027,

    /// <summary>The offset of an index entry is not zero in a send.</summary>
    NonZeroOffset = 4031,

    /// <summary>The timestamp of an index entry is not zero in a send.</summary>
    NonZeroTimestamp = 4032,

    /// <summary>An index entry is missing.</summary>
    MissingIndex = 4033,

    /// <summary>The index array has the wrong size.</summary>
    InvalidIndexesSize = 4034,

    /// <summary>The index array has the wrong number of entries.</summary>
    InvalidIndexesCount = 4035,

    /// <summary>The sizes of the messages do not add up.</summary>
    InvalidMessagesSize = 4036,

    /// <summary>A message shorter than its header.</summary>
    TooSmallMessage = 4037,

    /// <summary>A message batch does not match its checksum (VSR).</summary>
    InvalidBatchChecksum = 4039,

    /// <summary>An option the server does not know (VSR).</summary>
    UnknownOption = 4041,

    /// <summary>A value the option does not take (VSR).</summary>
    InvalidOptionValue = 4042,

    /// <summary>An offset above the newest one of the partition.</summary>
    InvalidOffset = 4100,

    /// <summary>A reserved field is not zero.</summary>
    ReservedNotZero = 4101,

    /// <summary>No such consumer group.</summary>
    GroupNotFound = 5000,

    /// <summary>No consumer group of this name; servers answer <see cref="GroupNotFound"/> in practice.</summary>
    GroupNameNotFound = 5003,

    /// <summary>A consumer group of this name exists.</summary>
    GroupNameExists = 5004,

    /// <summary>This connection is no member of the consumer group.</summary>
    NotAMember = 5006,

    /// <summary>The partition belongs to another member of the group (VSR).</summary>
    PartitionNotOwned = 5009,

    /// <summary>The connection is bound to a session already (VSR).</summary>
    AlreadyAuthenticated = 14000,

    /// <summary>A session the server does not accept (VSR).</summary>
    InvalidSession = 14001,

    /// <summary>A session the server no longer knows (VSR).</summary>
    SessionExpired = 14002,

    /// <summary>A protocol version the server does not speak (VSR).</summary>
    IncompatibleProtocol = 14003,
}
