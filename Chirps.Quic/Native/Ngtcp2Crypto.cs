using System.Runtime.InteropServices;

namespace Chirps.Quic.Native;

/// <summary>The functions of the ngtcp2 GnuTLS helper called directly. Others serve as callbacks: see <see cref="Export"/>.</summary>
internal static unsafe partial class Ngtcp2Crypto
{
    public const string Library = "libngtcp2_crypto_gnutls.so.8";

    /// <summary>First byte of a token made by <see cref="GenerateRetryToken"/>.</summary>
    public const byte RetryTokenMagic = 0xb7;

    /// <summary>First byte of a token made by <see cref="GenerateRegularToken"/>.</summary>
    public const byte RegularTokenMagic = 0x36;

    private static readonly nint _library = NativeLibrary.Load(Library);

    /// <summary>The address of a helper that ngtcp2 calls itself.</summary>
    public static void* Export(string name) => (void*)NativeLibrary.GetExport(_library, name);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_gnutls_configure_server_session")]
    public static partial int ConfigureServerSession(void* session);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_gnutls_configure_client_session")]
    public static partial int ConfigureClientSession(void* session);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_recv_crypto_data_cb")]
    public static partial int ReceiveCryptoData(void* connection, uint level, ulong offset, byte* data, nuint length, void* userData);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_generate_stateless_reset_token")]
    public static partial int GenerateStatelessResetToken(byte* token, byte* secret, nuint secretLength, NgCid* cid);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_generate_retry_token2")]
    public static partial nint GenerateRetryToken(byte* token, byte* secret, nuint secretLength, uint version, byte* remote, uint remoteLength, NgCid* retryScid, NgCid* originalDcid, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_verify_retry_token2")]
    public static partial int VerifyRetryToken(NgCid* originalDcid, byte* token, nuint tokenLength, byte* secret, nuint secretLength, uint version, byte* remote, uint remoteLength, NgCid* dcid, ulong timeout, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_generate_regular_token")]
    public static partial nint GenerateRegularToken(byte* token, byte* secret, nuint secretLength, byte* remote, uint remoteLength, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_verify_regular_token")]
    public static partial int VerifyRegularToken(byte* token, nuint tokenLength, byte* secret, nuint secretLength, byte* remote, uint remoteLength, ulong timeout, ulong timestamp);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_write_retry")]
    public static partial nint WriteRetry(byte* destination, nuint destinationLength, uint version, NgCid* dcid, NgCid* scid, NgCid* originalDcid, byte* token, nuint tokenLength);

    [LibraryImport(Library, EntryPoint = "ngtcp2_crypto_write_connection_close")]
    public static partial nint WriteConnectionClose(byte* destination, nuint destinationLength, uint version, NgCid* dcid, NgCid* scid, ulong code, byte* reason, nuint reasonLength);
}
