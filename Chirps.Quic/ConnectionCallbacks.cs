using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>The callback tables of both roles: cryptography by the GnuTLS helper, the rest by <see cref="QuicConnection"/>.</summary>
/// <remarks>Made once and never freed: connections point at them.</remarks>
internal static unsafe class ConnectionCallbacks
{
    public static readonly void** Client = Create(isServer: false);
    public static readonly void** Server = Create(isServer: true);

    private static void** Create(bool isServer)
    {
        var table = (void**)NativeMemory.AllocZeroed((nuint)NgCallback.Count * (nuint)sizeof(void*));
        if (isServer)
        {
            SetHelper(table, NgCallback.RecvClientInitial, "ngtcp2_crypto_recv_client_initial_cb");
        }
        else
        {
            SetHelper(table, NgCallback.ClientInitial, "ngtcp2_crypto_client_initial_cb");
            SetHelper(table, NgCallback.RecvRetry, "ngtcp2_crypto_recv_retry_cb");
        }

        SetHelper(table, NgCallback.Encrypt, "ngtcp2_crypto_encrypt_cb");
        SetHelper(table, NgCallback.Decrypt, "ngtcp2_crypto_decrypt_cb");
        SetHelper(table, NgCallback.HpMask, "ngtcp2_crypto_hp_mask_cb");
        SetHelper(table, NgCallback.UpdateKey, "ngtcp2_crypto_update_key_cb");
        SetHelper(table, NgCallback.DeleteCryptoAeadContext, "ngtcp2_crypto_delete_crypto_aead_ctx_cb");
        SetHelper(table, NgCallback.DeleteCryptoCipherContext, "ngtcp2_crypto_delete_crypto_cipher_ctx_cb");
        SetHelper(table, NgCallback.GetPathChallengeData, "ngtcp2_crypto_get_path_challenge_data_cb");
        SetHelper(table, NgCallback.VersionNegotiation, "ngtcp2_crypto_version_negotiation_cb");
        SetOurs(table, isServer);
        return table;
    }

    private static void SetHelper(void** table, NgCallback callback, string name) => table[(int)callback] = Ngtcp2Crypto.Export(name);

    private static void SetOurs(void** table, bool isServer)
    {
        table[(int)NgCallback.HandshakeCompleted] = (delegate* unmanaged[Cdecl]<void*, void*, int>)&QuicConnection.OnHandshakeCompleted;
        if (!isServer)
        {
            table[(int)NgCallback.HandshakeConfirmed] = (delegate* unmanaged[Cdecl]<void*, void*, int>)&QuicConnection.OnHandshakeConfirmed;
            table[(int)NgCallback.RecvNewToken] = (delegate* unmanaged[Cdecl]<void*, byte*, nuint, void*, int>)&QuicConnection.OnNewToken;
        }

        table[(int)NgCallback.RecvCryptoData] = (delegate* unmanaged[Cdecl]<void*, uint, ulong, byte*, nuint, void*, int>)&QuicConnection.OnCryptoData;
        table[(int)NgCallback.RecvStreamData] =
            (delegate* unmanaged[Cdecl]<void*, uint, long, ulong, byte*, nuint, void*, void*, int>)&QuicConnection.OnStreamData;
        table[(int)NgCallback.AckedStreamDataOffset] =
            (delegate* unmanaged[Cdecl]<void*, long, ulong, ulong, void*, void*, int>)&QuicConnection.OnAcknowledged;
        table[(int)NgCallback.StreamOpen] = (delegate* unmanaged[Cdecl]<void*, long, void*, int>)&QuicConnection.OnStreamOpen;
        table[(int)NgCallback.StreamClose] =
            (delegate* unmanaged[Cdecl]<void*, uint, long, ulong, void*, void*, int>)&QuicConnection.OnStreamClose;
        table[(int)NgCallback.StreamReset] =
            (delegate* unmanaged[Cdecl]<void*, long, ulong, ulong, void*, void*, int>)&QuicConnection.OnStreamReset;
        table[(int)NgCallback.StreamStopSending] =
            (delegate* unmanaged[Cdecl]<void*, long, ulong, void*, void*, int>)&QuicConnection.OnStopSending;
        table[(int)NgCallback.ExtendMaxLocalStreamsBidi] = (delegate* unmanaged[Cdecl]<void*, ulong, void*, int>)&QuicConnection.OnMoreStreams;
        table[(int)NgCallback.ExtendMaxStreamData] =
            (delegate* unmanaged[Cdecl]<void*, long, ulong, void*, void*, int>)&QuicConnection.OnMoreStreamData;
        table[(int)NgCallback.Rand] = (delegate* unmanaged[Cdecl]<byte*, nuint, void*, void>)&QuicConnection.OnRandom;
        table[(int)NgCallback.GetNewConnectionId] =
            (delegate* unmanaged[Cdecl]<void*, NgCid*, byte*, nuint, void*, int>)&QuicConnection.OnNewConnectionId;
        table[(int)NgCallback.RemoveConnectionId] = (delegate* unmanaged[Cdecl]<void*, NgCid*, void*, int>)&QuicConnection.OnRemoveConnectionId;
        table[(int)NgCallback.DcidStatus] =
            (delegate* unmanaged[Cdecl]<void*, int, ulong, NgCid*, byte*, void*, int>)&QuicConnection.OnDcidStatus;
        table[(int)NgCallback.RecvStatelessReset] = (delegate* unmanaged[Cdecl]<void*, void*, void*, int>)&QuicConnection.OnStatelessReset;
        table[(int)NgCallback.RecvDatagram] = (delegate* unmanaged[Cdecl]<void*, uint, byte*, nuint, void*, int>)&QuicConnection.OnDatagram;
        table[(int)NgCallback.LostDatagram] = (delegate* unmanaged[Cdecl]<void*, ulong, void*, int>)&QuicConnection.OnDatagramLost;
    }
}
