using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>What ngtcp2 calls. No exception may leave these; anything unexpected closes the connection.</content>
internal sealed unsafe partial class QuicConnection
{
    private const uint StreamDataFin = 1;
    private const uint StreamCloseHasCode = 1;
    private const int DcidActivated = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static QuicConnection Of(void* userData) => Unsafe.As<QuicConnection>(GCHandle.FromIntPtr((nint)userData).Target!);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static QuicStream? StreamOf(void* streamUserData)
        => streamUserData == null ? null : Unsafe.As<QuicStream>(GCHandle.FromIntPtr((nint)streamUserData).Target!);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnHandshakeCompleted(void* native, void* userData)
    {
        try
        {
            return Of(userData).HandshakeCompleted() ? 0 : NgError.CallbackFailure;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    /// <summary>TLS messages. What comes after the last one that is of use is passed over: QUIC knows no other (RFC 9001 section 6).</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnCryptoData(void* native, uint level, ulong offset, byte* data, nuint length, void* userData)
    {
        try
        {
            return Of(userData)._session == null ? 0 : Ngtcp2Crypto.ReceiveCryptoData(native, level, offset, data, length, userData);
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnHandshakeConfirmed(void* native, void* userData)
    {
        try
        {
            Of(userData).ReportConnected();
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStreamData(void* native, uint flags, long id, ulong offset, byte* data, nuint length, void* userData, void* streamUserData)
    {
        try
        {
            return StreamOf(streamUserData) is not { } stream
                || Of(userData).ReceiveStreamData(stream, new ReadOnlySpan<byte>(data, (int)length), (flags & StreamDataFin) != 0) ? 0 : NgError.CallbackFailure;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnAcknowledged(void* native, long id, ulong offset, ulong length, void* userData, void* streamUserData)
    {
        try
        {
            if (StreamOf(streamUserData) is { } stream)
            {
                Of(userData).Acknowledged(stream, (long)(offset + length));
            }

            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStreamOpen(void* native, long id, void* userData)
    {
        try
        {
            return Of(userData).AcceptStream(id) ? 0 : NgError.CallbackFailure;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStreamClose(void* native, uint flags, long id, ulong code, void* userData, void* streamUserData)
    {
        try
        {
            var connection = Of(userData);
            var isRemote = (id & 1) == (connection._isServer ? 0 : 1);
            if (isRemote)
            {
                Ngtcp2.ExtendMaxStreams(native, 1);
            }

            if (StreamOf(streamUserData) is { } stream)
            {
                connection.EndStream(stream);
            }

            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    /// <summary>The peer abandoned its direction. Half a message lane is of no use, so the other direction goes too.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStreamReset(void* native, long id, ulong finalSize, ulong code, void* userData, void* streamUserData)
    {
        try
        {
            StreamOf(streamUserData)?.Reset(code);
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    /// <summary>The peer wants no more of our direction; ngtcp2 answers with a reset of it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStopSending(void* native, long id, ulong code, void* userData, void* streamUserData)
    {
        try
        {
            StreamOf(streamUserData)?.Reset(code);
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnMoreStreams(void* native, ulong max, void* userData)
    {
        try
        {
            Of(userData)._openBlocked = false;
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnMoreStreamData(void* native, long id, ulong max, void* userData, void* streamUserData)
    {
        try
        {
            if (StreamOf(streamUserData) is { IsBlocked: true } stream)
            {
                stream.IsBlocked = false;
                if (stream.Send.HasWork)
                {
                    Of(userData)._ready.Add(stream, stream.Priority);
                }
            }

            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    /// <summary>Not for secrets: those have their own functions.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void OnRandom(byte* destination, nuint length, void* context)
        => Random.Shared.NextBytes(new Span<byte>(destination, (int)length));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnNewConnectionId(void* native, NgCid* id, byte* resetToken, nuint length, void* userData)
    {
        try
        {
            var connection = Of(userData);
            ConnectionIds.Choose(id);
            if (!connection._endpoint.Ids.TryWriteResetToken(id, resetToken))
            {
                return NgError.CallbackFailure;
            }

            connection.AddId(new ReadOnlySpan<byte>(id->Data, (int)id->Length));
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnRemoveConnectionId(void* native, NgCid* id, void* userData)
    {
        try
        {
            var connection = Of(userData);
            var key = new CidKey(new ReadOnlySpan<byte>(id->Data, (int)id->Length));
            connection._cids.Remove(key);
            connection._endpoint.Ids.Remove(key);
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    /// <summary>The peer's ids in use, whose tokens tell a stateless reset from noise.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnDcidStatus(void* native, int type, ulong sequence, NgCid* id, byte* resetToken, void* userData)
    {
        try
        {
            if (resetToken == null)
            {
                return 0;
            }

            var connection = Of(userData);
            var key = ConnectionIds.ResetKey(resetToken);
            if (type == DcidActivated)
            {
                connection._resetTokens.Add(key);
                connection._endpoint.Ids.AddResetToken(key, connection);
            }
            else
            {
                connection._resetTokens.Remove(key);
                connection._endpoint.Ids.RemoveResetToken(key);
            }

            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnStatelessReset(void* native, void* reset, void* userData)
    {
        try
        {
            Of(userData)._resetByPeer = true;
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnNewToken(void* native, byte* token, nuint length, void* userData)
    {
        try
        {
            Of(userData).AddressTokenReceived(new ReadOnlySpan<byte>(token, (int)length));
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnDatagram(void* native, uint flags, byte* data, nuint length, void* userData)
    {
        try
        {
            return Of(userData).ReceiveDatagram(new ReadOnlySpan<byte>(data, (int)length)) ? 0 : NgError.CallbackFailure;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnDatagramLost(void* native, ulong id, void* userData)
    {
        try
        {
            var connection = Of(userData);
            connection._datagramsLost++;
            connection._endpoint.Counters.DatagramLost();
            return 0;
        }
        catch (Exception)
        {
            return NgError.CallbackFailure;
        }
    }
}
