using System.Runtime.InteropServices;

namespace Chirps.Quic.Native;

/// <summary>The functions of GnuTLS used here.</summary>
internal static unsafe partial class GnuTls
{
    public const string Library = "libgnutls.so.30";

    public const uint FlagServer = 1;
    public const uint FlagClient = 2;
    public const uint FlagNoTickets = 1 << 10;
    public const uint FlagEarlyData = 1 << 20;
    public const uint FlagNoAutomaticTicket = 1 << 21;
    public const uint FlagNoEndOfEarlyData = 1 << 22;
    public const uint SessionEarlyData = 1 << 10;
    public const uint HandshakeNewSessionTicket = 4;
    public const int HookAfter = 1;
    public const int ErrorEntryExists = -428;
    public const int CredentialsCertificate = 1;
    public const int FormatPem = 1;
    public const int CertificateRequire = 2;
    public const uint AlpnMandatory = 1;
    public const int ErrorCertificate = -43;

    public const uint StatusExpired = 1 << 10;
    public const uint StatusNotActivated = 1 << 9;
    public const uint StatusPurposeMismatch = 1 << 18;
    public const uint StatusInvalid = 1 << 1;

    // The symbol is data that holds a function.
    private static readonly delegate* unmanaged[Cdecl]<void*, void> _free =
        *(delegate* unmanaged[Cdecl]<void*, void>*)NativeLibrary.GetExport(NativeLibrary.Load(Library), "gnutls_free");

    /// <summary>Frees what the library allocated for its caller.</summary>
    public static void Free(void* memory) => _free(memory);

    /// <summary>The library's own words for an error code.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8((nint)ErrorText(error)) ?? $"error {error}";

    /// <summary>Throws when a GnuTLS call failed.</summary>
    /// <exception cref="InvalidOperationException"><paramref name="result"/> is negative.</exception>
    public static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"GnuTLS could not {what}: {Describe(result)}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "gnutls_check_version")]
    public static partial byte* CheckVersion(byte* required);

    [LibraryImport(Library, EntryPoint = "gnutls_strerror")]
    public static partial byte* ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "gnutls_init")]
    public static partial int Init(void** session, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_deinit")]
    public static partial void Deinit(void* session);

    [LibraryImport(Library, EntryPoint = "gnutls_priority_init")]
    public static partial int PriorityInit(void** cache, byte* priorities, byte** errorPosition);

    [LibraryImport(Library, EntryPoint = "gnutls_priority_set")]
    public static partial int PrioritySet(void* session, void* cache);

    [LibraryImport(Library, EntryPoint = "gnutls_priority_deinit")]
    public static partial void PriorityDeinit(void* cache);

    [LibraryImport(Library, EntryPoint = "gnutls_credentials_set")]
    public static partial int CredentialsSet(void* session, int type, void* credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_allocate_credentials")]
    public static partial int AllocateCredentials(void** credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_free_credentials")]
    public static partial void FreeCredentials(void* credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_x509_trust_mem")]
    public static partial int SetTrust(void* credentials, GnuTlsDatum* authorities, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_x509_key_mem")]
    public static partial int SetKey(void* credentials, GnuTlsDatum* certificate, GnuTlsDatum* key, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_verify_function")]
    public static partial void SetVerifyFunction(void* credentials, delegate* unmanaged[Cdecl]<void*, int> function);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_verify_peers")]
    public static partial int VerifyPeers(void* session, GnuTlsTypedData* data, uint count, uint* status);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_get_peers")]
    public static partial GnuTlsDatum* GetPeers(void* session, uint* count);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_server_set_request")]
    public static partial void ServerSetRequest(void* session, int request);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_send_x509_rdn_sequence")]
    public static partial void SuppressAuthorityNames(void* session, int suppress);

    [LibraryImport(Library, EntryPoint = "gnutls_alpn_set_protocols")]
    public static partial int AlpnSet(void* session, GnuTlsDatum* protocols, uint count, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_alpn_get_selected_protocol")]
    public static partial int AlpnSelected(void* session, GnuTlsDatum* protocol);

    [LibraryImport(Library, EntryPoint = "gnutls_session_ticket_key_generate")]
    public static partial int TicketKeyGenerate(GnuTlsDatum* key);

    [LibraryImport(Library, EntryPoint = "gnutls_session_ticket_enable_server")]
    public static partial int TicketEnableServer(void* session, GnuTlsDatum* key);

    [LibraryImport(Library, EntryPoint = "gnutls_session_ticket_send")]
    public static partial int TicketSend(void* session, uint count, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_init")]
    public static partial int AntiReplayInit(void** antiReplay);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_deinit")]
    public static partial void AntiReplayDeinit(void* antiReplay);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_set_window")]
    public static partial void AntiReplaySetWindow(void* antiReplay, uint milliseconds);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_set_add_function")]
    public static partial void AntiReplaySetAdd(void* antiReplay, delegate* unmanaged[Cdecl]<void*, long, GnuTlsDatum*, GnuTlsDatum*, int> function);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_set_ptr")]
    public static partial void AntiReplaySetPointer(void* antiReplay, void* pointer);

    [LibraryImport(Library, EntryPoint = "gnutls_anti_replay_enable")]
    public static partial void AntiReplayEnable(void* session, void* antiReplay);

    [LibraryImport(Library, EntryPoint = "gnutls_record_set_max_early_data_size")]
    public static partial int SetMaxEarlyData(void* session, nuint bytes);

    [LibraryImport(Library, EntryPoint = "gnutls_handshake_set_hook_function")]
    public static partial void SetHandshakeHook(void* session, uint message, int when, delegate* unmanaged[Cdecl]<void*, uint, uint, uint, GnuTlsDatum*, int> function);

    [LibraryImport(Library, EntryPoint = "gnutls_session_get_data2")]
    public static partial int SessionGetData(void* session, GnuTlsDatum* data);

    [LibraryImport(Library, EntryPoint = "gnutls_session_set_data")]
    public static partial int SessionSetData(void* session, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "gnutls_session_is_resumed")]
    public static partial int SessionIsResumed(void* session);

    [LibraryImport(Library, EntryPoint = "gnutls_session_get_flags")]
    public static partial uint SessionGetFlags(void* session);

    [LibraryImport(Library, EntryPoint = "gnutls_session_set_ptr")]
    public static partial void SessionSetPointer(void* session, void* pointer);

    [LibraryImport(Library, EntryPoint = "gnutls_session_get_ptr")]
    public static partial void* SessionGetPointer(void* session);
}
