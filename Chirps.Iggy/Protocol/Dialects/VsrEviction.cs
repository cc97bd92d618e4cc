namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Why a VSR server ends a session, and which status that means to a client.</summary>
internal static class VsrEviction
{
    private const byte NoSession = 1;
    private const byte SessionTooLow = 7;
    private const byte SessionMismatch = 8;
    private const byte BadCredentials = 9;
    private const byte BadToken = 10;
    private const byte UserInactive = 11;
    private const byte SessionError = 12;
    private const byte StaleClient = 13;
    private const byte IncompatibleProtocol = 14;
    private const byte MalformedLogin = 15;

    /// <summary>The status of a reason, as official clients map it.</summary>
    public static IggyStatus StatusOf(byte reason) => reason switch
    {
        BadCredentials => IggyStatus.InvalidCredentials,
        BadToken => IggyStatus.InvalidToken,
        StaleClient => IggyStatus.StaleClient,
        IncompatibleProtocol => IggyStatus.IncompatibleProtocol,
        MalformedLogin => IggyStatus.InvalidFormat,
        NoSession or SessionTooLow or SessionMismatch or UserInactive or SessionError => IggyStatus.Unauthenticated,
        _ => IggyStatus.InvalidCommand,
    };

    /// <summary>The reason by which a refused login is told.</summary>
    public static byte ReasonOf(IggyStatus status) => status switch
    {
        IggyStatus.InvalidCredentials => BadCredentials,
        IggyStatus.InvalidToken or IggyStatus.TokenExpired or IggyStatus.ResourceNotFound => BadToken,
        IggyStatus.UserInactive => UserInactive,
        IggyStatus.IncompatibleProtocol => IncompatibleProtocol,
        IggyStatus.InvalidCommand or IggyStatus.InvalidFormat => MalformedLogin,
        _ => SessionError,
    };
}
