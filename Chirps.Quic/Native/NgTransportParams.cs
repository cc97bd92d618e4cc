namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_transport_params</c>, version 1; durations in nanoseconds, sizes in bytes.</summary>
internal unsafe struct NgTransportParams
{
    public fixed byte PreferredAddress[96];
    public NgCid OriginalDcid;
    public NgCid InitialScid;
    public NgCid RetryScid;
    public ulong InitialMaxStreamDataBidiLocal;
    public ulong InitialMaxStreamDataBidiRemote;
    public ulong InitialMaxStreamDataUni;
    public ulong InitialMaxData;
    public ulong InitialMaxStreamsBidi;
    public ulong InitialMaxStreamsUni;
    public ulong MaxIdleTimeout;
    public ulong MaxUdpPayloadSize;
    public ulong ActiveConnectionIdLimit;
    public ulong AckDelayExponent;
    public ulong MaxAckDelay;
    public ulong MaxDatagramFrameSize;
    public byte StatelessResetTokenPresent;
    public byte DisableActiveMigration;
    public byte OriginalDcidPresent;
    public byte InitialScidPresent;
    public byte RetryScidPresent;
    public byte PreferredAddressPresent;
    public fixed byte StatelessResetToken[16];
    public byte GreaseQuicBit;
    public NgVersionInfo VersionInfo;
    public byte VersionInfoPresent;
}
