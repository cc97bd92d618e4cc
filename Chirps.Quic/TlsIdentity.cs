using System.Runtime.InteropServices;
using System.Text;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Makes the TLS sessions of one endpoint from its current credentials. Any thread.</summary>
internal sealed unsafe class TlsIdentity : IDisposable
{
    /// <summary>TLS 1.3 only, with the suites, groups and signatures every current stack has.</summary>
    private const string Priorities =
        "NONE:+VERS-TLS1.3:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+GROUP-X25519:+GROUP-SECP256R1"
        + ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384"
        + ":+SIGN-EDDSA-ED25519:+AEAD:+COMP-NULL:+CTYPE-X509:+ECDHE-ECDSA:+ECDHE-RSA:%DISABLE_TLS13_COMPAT_MODE";

    /// <summary>Nodes whose tickets are kept.</summary>
    private const int TicketsMax = 4096;

    private readonly Lock _lock = new();
    private readonly bool _presentCertificate;
    private readonly byte[] _alpn;
    private readonly void* _priorities;
    private readonly Resumption _resumption;
    private readonly ReplayGuard? _replays;
    private CredentialGeneration _current;

    /// <exception cref="TlsMaterialException">The material cannot be used.</exception>
    public TlsIdentity(QuicEndpointOptions options, EndpointCounters counters)
    {
        _resumption = options.Resumption;
        Identity = options.IdentityOverride ?? options.Tls.ReadIdentity();
        _presentCertificate = options.PresentCertificate;
        _alpn = Encoding.ASCII.GetBytes(options.Alpn);
        _current = new CredentialGeneration(options.Tls, _presentCertificate, &OnVerify);
        void* priorities;
        fixed (byte* text = Encoding.ASCII.GetBytes(Priorities + "\0"))
        {
            GnuTls.Check(GnuTls.PriorityInit(&priorities, text, null), "parse its priorities");
        }

        _priorities = priorities;
        _replays = _resumption == Resumption.EarlyData ? new ReplayGuard(counters) : null;
    }

    /// <summary>The tickets other nodes gave us.</summary>
    public TicketCache Tickets { get; } = new(TicketsMax);

    /// <summary>Who we are.</summary>
    public TransportIdentity Identity { get; }

    /// <summary>Uses other material for handshakes from now on; connections made before keep theirs.</summary>
    /// <exception cref="TlsMaterialException">The material cannot be used, or names another node; nothing has changed.</exception>
    public void Replace(TlsMaterial material)
    {
        if (material.ReadIdentity() != Identity)
        {
            throw new TlsMaterialException($"certificate: does not name {Identity}.");
        }

        var generation = new CredentialGeneration(material, _presentCertificate, &OnVerify);
        lock (_lock)
        {
            (generation, _current) = (_current, generation);
        }

        // What was resumed with them would go on with the old certificate.
        Tickets.Clear();
        generation.Release();
    }

    /// <summary>Whether credentials are those of new handshakes.</summary>
    public bool IsCurrent(CredentialGeneration generation)
    {
        lock (_lock)
        {
            return _current == generation;
        }
    }

    /// <summary>The current credentials, with a reference the caller must release.</summary>
    public CredentialGeneration Acquire()
    {
        lock (_lock)
        {
            return _current.AddReference();
        }
    }

    /// <summary>Makes the TLS session of a connection; the caller frees it.</summary>
    /// <param name="isServer">Which side.</param>
    /// <param name="reference">What callbacks find the connection by; must outlive the session.</param>
    /// <param name="credentials">Must outlive the session.</param>
    /// <param name="resumed">A client: the session to resume, or null.</param>
    public void* CreateSession(bool isServer, NgCryptoRef* reference, CredentialGeneration credentials, byte[]? resumed)
    {
        void* session;
        GnuTls.Check(GnuTls.Init(&session, (isServer ? GnuTls.FlagServer : GnuTls.FlagClient) | ResumptionFlags()), "create a session");
        try
        {
            Configure(session, isServer, reference, credentials);
            if (_resumption != Resumption.None)
            {
                ConfigureResumption(session, isServer, credentials, resumed);
            }

            return session;
        }
        catch
        {
            GnuTls.Deinit(session);
            throw;
        }
    }

    /// <summary>Whether both sides agreed on our application protocol.</summary>
    public bool IsOurProtocol(void* session)
    {
        GnuTlsDatum selected;
        return GnuTls.AlpnSelected(session, &selected) == 0
            && new ReadOnlySpan<byte>(selected.Data, (int)selected.Size).SequenceEqual(_alpn);
    }

    public void Dispose()
    {
        _current.Release();
        _replays?.Dispose();
        GnuTls.PriorityDeinit(_priorities);
    }

    /// <summary>The server sends its tickets itself, once the handshake is done, and QUIC has no message that ends early data (RFC 9001 section 8.3).</summary>
    private uint ResumptionFlags() => _resumption switch
    {
        Resumption.None => GnuTls.FlagNoTickets,
        Resumption.Tickets => GnuTls.FlagNoAutomaticTicket,
        _ => GnuTls.FlagNoAutomaticTicket | GnuTls.FlagNoEndOfEarlyData | GnuTls.FlagEarlyData,
    };

    private void ConfigureResumption(void* session, bool isServer, CredentialGeneration credentials, byte[]? resumed)
    {
        if (isServer)
        {
            GnuTls.Check(GnuTls.TicketEnableServer(session, credentials.TicketKey), "enable tickets");
            if (_replays is { } replays)
            {
                replays.Protect(session);
                GnuTls.Check(GnuTls.SetMaxEarlyData(session, uint.MaxValue), "allow early data"); // QUIC's own limits hold (RFC 9001 section 4.6.1)
            }

            return;
        }

        GnuTls.SetHandshakeHook(session, GnuTls.HandshakeNewSessionTicket, GnuTls.HookAfter, &OnTicket);
        if (resumed != null)
        {
            fixed (byte* data = resumed)
            {
                _ = GnuTls.SessionSetData(session, data, (nuint)resumed.Length); // without it the handshake is a full one
            }
        }
    }

    private void Configure(void* session, bool isServer, NgCryptoRef* reference, CredentialGeneration credentials)
    {
        GnuTls.Check(GnuTls.PrioritySet(session, _priorities), "set priorities");
        GnuTls.SessionSetPointer(session, reference);
        GnuTls.Check(GnuTls.CredentialsSet(session, GnuTls.CredentialsCertificate, credentials.Credentials), "set credentials");
        fixed (byte* name = _alpn)
        {
            GnuTlsDatum protocol;
            protocol.Data = name;
            protocol.Size = (uint)_alpn.Length;
            GnuTls.Check(GnuTls.AlpnSet(session, &protocol, 1, GnuTls.AlpnMandatory), "set the application protocol");
        }

        if (!isServer)
        {
            GnuTls.Check(Ngtcp2Crypto.ConfigureClientSession(session), "configure a client session");
            return;
        }

        GnuTls.Check(Ngtcp2Crypto.ConfigureServerSession(session), "configure a server session");
        GnuTls.ServerSetRequest(session, GnuTls.CertificateRequire);

        // A client picks its certificate by the names we send. Without names it presents the one it has, so that we can
        // say that its authority is not trusted instead of only seeing no certificate.
        GnuTls.SuppressAuthorityNames(session, 1);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnTicket(void* session, uint message, uint when, uint incoming, GnuTlsDatum* bytes)
    {
        try
        {
            var reference = (NgCryptoRef*)GnuTls.SessionGetPointer(session);
            ((QuicConnection)GCHandle.FromIntPtr(reference->Handle).Target!).TicketReceived();
        }
        catch (Exception)
        {
            return 0; // a ticket that cannot be kept costs a full handshake later, nothing else
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnVerify(void* session)
    {
        try
        {
            var reference = (NgCryptoRef*)GnuTls.SessionGetPointer(session);
            var connection = (QuicConnection)GCHandle.FromIntPtr(reference->Handle).Target!;
            return connection.VerifyPeer(session) ? 0 : GnuTls.ErrorCertificate;
        }
        catch (Exception)
        {
            return GnuTls.ErrorCertificate; // no exception may cross native frames; what cannot be verified is refused
        }
    }
}
