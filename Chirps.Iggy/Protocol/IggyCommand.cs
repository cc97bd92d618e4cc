namespace Chirps.Iggy.Protocol;

/// <summary>What a request asks for: Iggy's command codes. A code from the wire may be none of them.</summary>
internal enum IggyCommand : uint
{
    /// <summary>No command: what a frame too short to carry a code is taken for.</summary>
    None = 0,
    Ping = 1,
    GetStats = 10,
    GetSnapshot = 11,
    GetClusterMetadata = 12,

    /// <summary>VSR only.</summary>
    DescribeOptions = 13,
    GetMe = 20,
    GetClient = 21,
    GetClients = 22,
    GetUser = 31,
    GetUsers = 32,
    CreateUser = 33,
    DeleteUser = 34,
    UpdateUser = 35,
    UpdatePermissions = 36,
    ChangePassword = 37,

    /// <summary>Classic only.</summary>
    LoginUser = 38,
    LogoutUser = 39,

    /// <summary>VSR only. The code is not on the wire: a password and a token login share one operation.</summary>
    LoginRegister = 40,
    GetTokens = 41,
    CreateToken = 42,
    DeleteToken = 43,

    /// <summary>Classic only.</summary>
    LoginWithToken = 44,

    /// <summary>VSR only.</summary>
    LoginRegisterWithToken = 45,
    PollMessages = 100,
    SendMessages = 101,
    FlushUnsavedBuffer = 102,
    GetConsumerOffset = 120,
    StoreConsumerOffset = 121,
    DeleteConsumerOffset = 122,
    GetStream = 200,
    GetStreams = 201,
    CreateStream = 202,
    DeleteStream = 203,
    UpdateStream = 204,
    PurgeStream = 205,
    GetTopic = 300,
    GetTopics = 301,
    CreateTopic = 302,
    DeleteTopic = 303,
    UpdateTopic = 304,
    PurgeTopic = 305,
    CreatePartitions = 402,
    DeletePartitions = 403,
    DeleteSegments = 503,
    GetGroup = 600,
    GetGroups = 601,
    CreateGroup = 602,
    DeleteGroup = 603,
    JoinGroup = 604,
    LeaveGroup = 605,

    /// <summary>VSR only.</summary>
    SyncGroup = 606,
}
