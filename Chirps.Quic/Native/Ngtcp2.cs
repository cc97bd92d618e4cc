using System.Runtime.InteropServices;

namespace Chirps.Quic.Native;

/// <summary>The functions of the ngtcp2 core library used here. Struct versions are passed explicitly.</summary>
internal static unsafe partial class Ngtcp2
{
    public const string Library = "libngtcp2.so.16";

    /// <summary>QUIC version 1 (RFC 9000).</summary>
    public const uint QuicVersion1 = 1;

    /// <summary>Struct versions this code was laid out for.</summary>
    public const int CallbacksVersion = 1;
    public const int SettingsVersion = 2;
    public const int ParamsVersion = 1;
    public const int PacketInfoVersion = 1;
    public const int ConnectionInfoVersion = 1;

    /// <summary>Flags of the write functions.</summary>
    public const uint WriteFlagMore = 1;
    public const uint WriteFlagFin = 2;

    /// <summary>The library's own words for an error code.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8((nint)ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Library, EntryPoint = "ngtcp2_version")]
    public static partial NgInfo* Version(int least);

    [LibraryImport(Library, EntryPoint = "ngtcp2_strerror")]
    public static partial byte* ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "ngtcp2_settings_default_versioned")]
    public static partial void SettingsDefault(int version, NgSettings* settings);

    [LibraryImport(Library, EntryPoint = "ngtcp2_transport_params_default_versioned")]
    public static partial void TransportParamsDefault(int version, NgTransportParams* parameters);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_client_new_versioned")]
    public static partial int ClientNew(void** connection, NgCid* dcid, NgCid* scid, NgPath* path, uint quicVersion, int callbacksVersion, void** callbacks, int settingsVersion, NgSettings* settings, int paramsVersion, NgTransportParams* parameters, void* memory, void* userData);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_server_new_versioned")]
    public static partial int ServerNew(void** connection, NgCid* dcid, NgCid* scid, NgPath* path, uint quicVersion, int callbacksVersion, void** callbacks, int settingsVersion, NgSettings* settings, int paramsVersion, NgTransportParams* parameters, void* memory, void* userData);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_del")]
    public static partial void Delete(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_read_pkt_versioned")]
    public static partial int ReadPacket(void* connection, NgPath* path, int infoVersion, NgPacketInfo* info, byte* packet, nuint length, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_writev_stream_versioned")]
    public static partial nint WriteStream(void* connection, NgPath* path, int infoVersion, NgPacketInfo* info, byte* destination, nuint destinationLength, nint* accepted, uint flags, long streamId, NgVec* vectors, nuint vectorCount, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_writev_datagram_versioned")]
    public static partial nint WriteDatagram(void* connection, NgPath* path, int infoVersion, NgPacketInfo* info, byte* destination, nuint destinationLength, int* accepted, uint flags, ulong datagramId, NgVec* vectors, nuint vectorCount, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_write_connection_close_versioned")]
    public static partial nint WriteConnectionClose(void* connection, NgPath* path, int infoVersion, NgPacketInfo* info, byte* destination, nuint destinationLength, NgCloseError* error, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_conn_info_versioned")]
    [SuppressGCTransition]
    public static partial void GetConnectionInfo(void* connection, int version, NgConnectionInfo* info);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_ccerr")]
    public static partial NgCloseError* GetCloseError(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_ccerr_default")]
    public static partial void CloseErrorDefault(NgCloseError* error);

    [LibraryImport(Library, EntryPoint = "ngtcp2_ccerr_set_liberr")]
    public static partial void CloseErrorFromLibrary(NgCloseError* error, int libraryError, byte* reason, nuint reasonLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_ccerr_set_tls_alert")]
    public static partial void CloseErrorFromAlert(NgCloseError* error, byte alert, byte* reason, nuint reasonLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_ccerr_set_transport_error")]
    public static partial void CloseErrorFromTransport(NgCloseError* error, ulong code, byte* reason, nuint reasonLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_ccerr_set_application_error")]
    public static partial void CloseErrorFromApplication(NgCloseError* error, ulong code, byte* reason, nuint reasonLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_tls_alert")]
    public static partial byte GetTlsAlert(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_set_tls_native_handle")]
    public static partial void SetTlsHandle(void* connection, void* session);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_set_keep_alive_timeout")]
    public static partial void SetKeepAlive(void* connection, ulong nanoseconds);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_expiry")]
    [SuppressGCTransition]
    public static partial ulong GetExpiry(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_handle_expiry")]
    public static partial int HandleExpiry(void* connection, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_update_pkt_tx_time")]
    [SuppressGCTransition]
    public static partial void UpdatePacketTxTime(void* connection, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_pto")]
    [SuppressGCTransition]
    public static partial ulong GetPto(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_max_tx_udp_payload_size")]
    [SuppressGCTransition]
    public static partial nuint GetMaxTxUdpPayloadSize(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_path_max_tx_udp_payload_size")]
    [SuppressGCTransition]
    public static partial nuint GetPathMaxTxUdpPayloadSize(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_max_data_left")]
    [SuppressGCTransition]
    public static partial ulong GetMaxDataLeft(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_get_remote_transport_params")]
    public static partial NgTransportParams* GetRemoteTransportParams(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_encode_0rtt_transport_params")]
    public static partial nint EncodeEarlyParams(void* connection, byte* destination, nuint length);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_decode_and_set_0rtt_transport_params")]
    public static partial int SetEarlyParams(void* connection, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_tls_early_data_rejected")]
    public static partial int EarlyDataRejected(void* connection);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_submit_new_token")]
    public static partial int SubmitNewToken(void* connection, byte* token, nuint length);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_open_bidi_stream")]
    public static partial int OpenStream(void* connection, long* streamId, void* streamUserData);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_set_stream_user_data")]
    public static partial int SetStreamUserData(void* connection, long streamId, void* streamUserData);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_shutdown_stream")]
    public static partial int ShutdownStream(void* connection, uint flags, long streamId, ulong code);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_extend_max_stream_offset")]
    [SuppressGCTransition]
    public static partial int ExtendMaxStreamOffset(void* connection, long streamId, ulong bytes);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_extend_max_offset")]
    [SuppressGCTransition]
    public static partial void ExtendMaxOffset(void* connection, ulong bytes);

    [LibraryImport(Library, EntryPoint = "ngtcp2_conn_extend_max_streams_bidi")]
    public static partial void ExtendMaxStreams(void* connection, nuint count);

    [LibraryImport(Library, EntryPoint = "ngtcp2_path_copy")]
    [SuppressGCTransition]
    public static partial void PathCopy(NgPath* destination, NgPath* source);

    [LibraryImport(Library, EntryPoint = "ngtcp2_path_eq")]
    [SuppressGCTransition]
    public static partial int PathEquals(NgPath* left, NgPath* right);

    [LibraryImport(Library, EntryPoint = "ngtcp2_pkt_decode_version_cid")]
    [SuppressGCTransition]
    public static partial int DecodeVersionCid(NgVersionCid* result, byte* packet, nuint length, nuint shortDcidLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_accept")]
    public static partial int Accept(NgPacketHeader* header, byte* packet, nuint length);

    [LibraryImport(Library, EntryPoint = "ngtcp2_pkt_write_version_negotiation")]
    public static partial nint WriteVersionNegotiation(byte* destination, nuint destinationLength, byte random, byte* dcid, nuint dcidLength, byte* scid, nuint scidLength, uint* versions, nuint versionCount);

    [LibraryImport(Library, EntryPoint = "ngtcp2_pkt_write_stateless_reset")]
    public static partial nint WriteStatelessReset(byte* destination, nuint destinationLength, byte* token, byte* random, nuint randomLength);
}
