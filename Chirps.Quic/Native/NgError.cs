namespace Chirps.Quic.Native;

/// <summary>The error codes of ngtcp2 this transport tells apart.</summary>
internal static class NgError
{
    public const int InvalidArgument = -201;
    public const int InvalidState = -204;
    public const int StreamIdBlocked = -206;
    public const int StreamDataBlocked = -208;
    public const int Crypto = -213;
    public const int StreamShutWrite = -219;
    public const int StreamNotFound = -220;
    public const int Draining = -224;
    public const int WriteMore = -230;
    public const int Retry = -231;
    public const int DropConnection = -232;
    public const int VersionNegotiation = -235;
    public const int HandshakeTimeout = -236;
    public const int IdleClose = -238;

    /// <summary>The only error a callback may return.</summary>
    public const int CallbackFailure = -502;
}
