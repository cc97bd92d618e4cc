using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Making and freeing the native parts.</content>
internal sealed unsafe partial class QuicConnection
{
    /// <summary>An acknowledgement for every ten packets instead of two: a third of the packets of a bulk transfer less.</summary>
    private const nuint AckThreshold = 10;

    private const ulong DatagramFrameMax = 65535;
    private const ulong ActiveConnectionIds = 2;
    private const int InitialDcidLength = 18;
    private const int RetryTokenType = 1;
    private const int RegularTokenType = 2;

    private readonly CredentialGeneration _credentials;
    private readonly byte* _remote;
    private readonly List<CidKey> _cids = [];
    private readonly List<UInt128> _resetTokens = [];
    private uint _remoteLength;
    private void* _native;
    private void* _session;
    private NgCryptoRef* _cryptoRef;
    private GCHandle _self;
    private bool _handshakePending;
    private bool _tlsEnded;

    /// <summary>Makes a client connection. Nothing is sent before its first run.</summary>
    public QuicConnection(QuicEndpoint endpoint, byte* remote, uint remoteLength, string? expectedNode)
        : this(endpoint, isServer: false, remote, remoteLength)
    {
        _expectedNode = expectedNode;
        NgCid dcid = default;
        dcid.Length = InitialDcidLength;
        RandomNumberGenerator.Fill(new Span<byte>(dcid.Data, InitialDcidLength));
        Create(null, &dcid, null, endpoint.Socket.LocalAddress, endpoint.Socket.LocalAddressLength, expectedNode == null ? null : endpoint.Tls.Tickets.Take(expectedNode));
    }

    /// <summary>Makes the server side for a first packet.</summary>
    /// <param name="endpoint">The endpoint it arrived at.</param>
    /// <param name="message">Where it came from and went to.</param>
    /// <param name="header">Its header.</param>
    /// <param name="originalDcid">The id the client chose first, when it comes back with a token after a Retry; null otherwise.</param>
    public QuicConnection(QuicEndpoint endpoint, in ReceivedMessage message, NgPacketHeader* header, NgCid* originalDcid)
        : this(endpoint, isServer: true, message.Remote, message.RemoteLength)
    {
        Create(header, &header->Scid, originalDcid, message.Local, message.LocalLength, ticket: null);
        AddId(new ReadOnlySpan<byte>(header->Dcid.Data, (int)header->Dcid.Length));
        _handshakePending = true;
        endpoint.Counters.HandshakePending(1);
    }

    private QuicConnection(QuicEndpoint endpoint, bool isServer, byte* remote, uint remoteLength)
    {
        _endpoint = endpoint;
        _options = endpoint.Options;
        _handler = endpoint.Handler;
        _isServer = isServer;
        _probes = new DatagramQueue(_options.DatagramQueueMax);
        _data = new DatagramQueue(_options.DatagramQueueMax);
        _remote = (byte*)NativeMemory.AllocZeroed(SocketAddressBytes.SizeMax);
        new ReadOnlySpan<byte>(remote, (int)remoteLength).CopyTo(new Span<byte>(_remote, SocketAddressBytes.SizeMax));
        _remoteLength = remoteLength;
        RemoteEndPoint = SocketAddressBytes.Read(_remote, remoteLength);
        _self = GCHandle.Alloc(this);
        _credentials = endpoint.Tls.Acquire();
        _cryptoRef = (NgCryptoRef*)NativeMemory.AllocZeroed((nuint)sizeof(NgCryptoRef));
        _cryptoRef->GetConnection = &GetConnection;
        _cryptoRef->Handle = GCHandle.ToIntPtr(_self);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* GetConnection(NgCryptoRef* reference) => reference->Connection;

    private void Create(NgPacketHeader* header, NgCid* dcid, NgCid* originalDcid, byte* local, uint localLength, SessionTicket? ticket)
    {
        try
        {
            NgCid scid = default;
            ConnectionIds.Choose(&scid);
            _lastTime = Clock.Now;
            NgSettings settings;
            FillSettings(&settings);
            NgTransportParams parameters;
            FillParameters(&parameters);
            NgPath path = default;
            path.Local.Address = local;
            path.Local.Length = localLength;
            path.Remote.Address = _remote;
            path.Remote.Length = _remoteLength;
            void* native;
            int error;
            if (header != null)
            {
                FillServerParts(&settings, &parameters, header, originalDcid, &scid);
                error = Ngtcp2.ServerNew(
                    &native, dcid, &scid, &path, header->Version, Ngtcp2.CallbacksVersion, ConnectionCallbacks.Server,
                    Ngtcp2.SettingsVersion, &settings, Ngtcp2.ParamsVersion, &parameters, null, (void*)GCHandle.ToIntPtr(_self));
            }
            else
            {
                fixed (byte* token = ticket?.AddressToken)
                {
                    settings.Token = token;
                    settings.TokenLength = (nuint)(ticket?.AddressToken?.Length ?? 0);
                    settings.TokenType = token == null ? settings.TokenType : RegularTokenType;
                    error = Ngtcp2.ClientNew(
                        &native, dcid, &scid, &path, Ngtcp2.QuicVersion1, Ngtcp2.CallbacksVersion, ConnectionCallbacks.Client,
                        Ngtcp2.SettingsVersion, &settings, Ngtcp2.ParamsVersion, &parameters, null, (void*)GCHandle.ToIntPtr(_self));
                }
            }

            if (error != 0)
            {
                throw new InvalidOperationException($"ngtcp2 could not create a connection: {Ngtcp2.Describe(error)}.");
            }

            _native = native;
            _cryptoRef->Connection = native;
            _session = _endpoint.Tls.CreateSession(_isServer, _cryptoRef, _credentials, ticket?.Session);
            Ngtcp2.SetTlsHandle(native, _session);
            AllowEarlyData(ticket);
            if (_options.KeepAlive > TimeSpan.Zero)
            {
                Ngtcp2.SetKeepAlive(native, Nanoseconds(_options.KeepAlive));
            }

            AddId(new ReadOnlySpan<byte>(scid.Data, (int)scid.Length));
        }
        catch
        {
            Destroy();
            throw;
        }
    }

    private void FillSettings(NgSettings* settings)
    {
        Ngtcp2.SettingsDefault(Ngtcp2.SettingsVersion, settings);
        settings->CongestionAlgorithm = (int)_options.Congestion;
        settings->InitialTimestamp = _lastTime;
        settings->MaxTxUdpPayloadSize = (nuint)_options.UdpPayloadMax;
        settings->HandshakeTimeout = Nanoseconds(_options.HandshakeTimeout);
        settings->AckThreshold = AckThreshold;
        settings->PmtudProbes = PathProbes.List;
        settings->PmtudProbesLength = PathProbes.Count;
    }

    private void FillParameters(NgTransportParams* parameters)
    {
        Ngtcp2.TransportParamsDefault(Ngtcp2.ParamsVersion, parameters);
        parameters->InitialMaxStreamDataBidiLocal = (ulong)_options.StreamWindowBytes;
        parameters->InitialMaxStreamDataBidiRemote = (ulong)_options.StreamWindowBytes;
        parameters->InitialMaxData = (ulong)_options.ConnectionWindowBytes;
        parameters->InitialMaxStreamsBidi = (ulong)_options.StreamsPerPeerMax;
        parameters->MaxIdleTimeout = Nanoseconds(_options.IdleTimeout);
        parameters->MaxDatagramFrameSize = DatagramFrameMax;
        parameters->ActiveConnectionIdLimit = ActiveConnectionIds;
        parameters->GreaseQuicBit = 1;
    }

    private void FillServerParts(NgSettings* settings, NgTransportParams* parameters, NgPacketHeader* header, NgCid* originalDcid, NgCid* scid)
    {
        parameters->OriginalDcid = originalDcid != null ? *originalDcid : header->Dcid;
        parameters->OriginalDcidPresent = 1;
        parameters->StatelessResetTokenPresent = _endpoint.Ids.TryWriteResetToken(scid, parameters->StatelessResetToken) ? (byte)1 : (byte)0;
        if (originalDcid != null)
        {
            parameters->RetryScid = header->Dcid;
            parameters->RetryScidPresent = 1;
        }

        if (header->TokenLength > 0)
        {
            // The endpoint passes on only tokens it has verified.
            settings->Token = header->Token;
            settings->TokenLength = header->TokenLength;
            settings->TokenType = originalDcid != null ? RetryTokenType : RegularTokenType;
        }
    }

    private static ulong Nanoseconds(TimeSpan duration) => (ulong)duration.Ticks * 100;

    private void AddId(ReadOnlySpan<byte> id)
    {
        var key = new CidKey(id);
        _cids.Add(key);
        _endpoint.Ids.Add(key, this);
    }

    /// <summary>Frees everything native. Under the gate, never inside a native callback.</summary>
    private void Destroy()
    {
        if (_phase == ConnectionPhase.Dead)
        {
            return;
        }

        _phase = ConnectionPhase.Dead;
        Volatile.Write(ref _expiry, ulong.MaxValue);
        EndHandshakePending();
        foreach (var id in _cids)
        {
            _endpoint.Ids.Remove(id);
        }

        foreach (var token in _resetTokens)
        {
            _endpoint.Ids.RemoveResetToken(token);
        }

        FreeStreams();
        if (_native != null)
        {
            Ngtcp2.Delete(_native);
            _native = null;
        }

        FreeSession();
        NativeMemory.Free(_cryptoRef);
        _cryptoRef = null;
        NativeMemory.Free(_remote);
        _self.Free();
        _credentials.Release();
        _endpoint.Forget(this);
    }

    /// <summary>
    /// Frees the TLS session, a third of what an idle connection holds, once no message of it is of use any more: the packets' keys are
    /// ngtcp2's, and so are their updates. Under the gate, never inside a native callback.
    /// </summary>
    private void FreeSession()
    {
        if (_session == null)
        {
            return;
        }

        if (_native != null)
        {
            Ngtcp2.SetTlsHandle(_native, null);
        }

        GnuTls.Deinit(_session);
        _session = null;
    }

    private void EndHandshakePending()
    {
        if (_handshakePending)
        {
            _handshakePending = false;
            _endpoint.Counters.HandshakePending(-1);
            _endpoint.Sources.Return(RemoteEndPoint.Address);
        }
    }
}
