using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>
/// A certificate authority in a directory: <c>ca.crt</c> with the authorities to trust, <c>ca.key</c> to issue with, and
/// a certificate and key per node. Whoever can read <c>ca.key</c> can join the cluster as any node.
/// </summary>
/// <remarks>Any thread and process: each change is made in turn, and each file is replaced as a whole.</remarks>
public sealed partial class AuthorityStore
{
    /// <summary>Common name of an authority when none is given.</summary>
    public const string DefaultName = "Chirps authority";

    private const string DevelopmentName = "Chirps development";
    private static readonly TimeSpan _developmentLifetime = TimeSpan.FromDays(365);

    /// <summary>So much before now a certificate begins, for nodes whose clocks are behind.</summary>
    private static readonly TimeSpan _clockSkew = TimeSpan.FromMinutes(5);

    private readonly AuthorityFiles _files;
    private readonly TimeProvider _clock;

    private AuthorityStore(string directory, TimeProvider? clock)
    {
        _files = new AuthorityFiles(directory);
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>How long a development certificate is valid.</summary>
    internal static TimeSpan DevelopmentNodeLifetime { get; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The development authority kept in a directory: every node started with the same directory trusts the others.
    /// Made when there is none; followed by another when its time is nearly up, and then both are trusted.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static AuthorityStore At(string directory, TimeProvider? clock = null)
    {
        var store = new AuthorityStore(directory, clock);

        // Several processes may start at once: one makes it, the others wait for their turn and find it.
        using var turn = store._files.TakeTurn();
        var now = store._clock.GetUtcNow();
        var kept = store._files.Read();
        if (kept is null || CertificateText.Validity(kept.Issuing.CertificatePem).Until < now + DevelopmentNodeLifetime)
        {
            store.Make(DevelopmentName, _developmentLifetime, kept?.Trusted.Where(one => CertificateText.Validity(one).Until > now) ?? []);
        }

        return store;
    }

    /// <summary>Makes an authority.</summary>
    /// <param name="directory">Where it is kept.</param>
    /// <param name="name">Its common name.</param>
    /// <param name="lifetime">How long from now it is valid.</param>
    /// <param name="replace">Whether one that is there may go: every certificate it issued is worth nothing then.</param>
    /// <param name="clock">The machine's when null.</param>
    /// <exception cref="AuthorityException">There is one already.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static AuthorityStore Create(string directory, string name, TimeSpan lifetime, bool replace, TimeProvider? clock = null)
    {
        var store = new AuthorityStore(directory, clock);
        using var turn = store._files.TakeTurn();
        string[] present = [.. new[] { store._files.TrustedPath, store._files.KeyPath }.Where(File.Exists)];
        if (present.Length > 0 && !replace)
        {
            throw new AuthorityException(
                $"{string.Join(" and ", present)}: an authority is there already. Every node would have to get new certificates at once; "
                + "'chirps certs rotate --authority' changes it without a gap, --force overwrites it");
        }

        File.Delete(store._files.NextKeyPath);
        File.Delete(store._files.OldPath);
        store.Make(name, lifetime, []);
        return store;
    }

    /// <summary>The authority in a directory.</summary>
    /// <exception cref="AuthorityException">There is none.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static AuthorityStore Open(string directory, TimeProvider? clock = null)
    {
        var store = new AuthorityStore(directory, clock);
        store.State();
        return store;
    }

    /// <summary>Looks at the certificates in a directory, with or without the key of an authority. Changes nothing.</summary>
    /// <exception cref="AuthorityException">There is none.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static CertificateReport Inspect(string directory, TimeProvider? clock = null)
    {
        var store = new AuthorityStore(directory, clock);
        var state = store._files.Read();
        var certificates = Directory.Exists(directory) ? store.List(store._files.ReadTrusted(), state?.Issuing.CertificatePem) : [];
        return certificates.Count > 0
            ? new CertificateReport(certificates, state?.Stage)
            : throw new AuthorityException($"{Path.Combine(directory, "*.crt")}: there is no certificate. Make an authority with 'chirps certs init', or name another directory with --directory");
    }

    /// <summary>Issues a development certificate for a node.</summary>
    /// <exception cref="AuthorityException">The authority has gone or expired.</exception>
    public TlsMaterial Issue(string cluster, string node) => Issue(State(), new NodeRequest(cluster, node, DevelopmentNodeLifetime, ExtraNames.None));

    /// <summary>Issues a development certificate for a node and keeps it beside the authority's, in the place of an earlier one.</summary>
    /// <exception cref="AuthorityException">The authority has gone or expired.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public TlsOptions IssueFiles(string cluster, string node)
    {
        using var turn = _files.TakeTurn();
        return Write(State(), new NodeRequest(cluster, node, DevelopmentNodeLifetime, ExtraNames.None));
    }

    /// <summary>Issues certificates for nodes that have none yet, and keeps them beside the authority's. All or none.</summary>
    /// <param name="requests">What is wanted.</param>
    /// <param name="replace">Whether certificates that are there may be overwritten.</param>
    /// <exception cref="AuthorityException">A name is none, or a node has a certificate already.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public IReadOnlyList<TlsOptions> IssueFiles(IReadOnlyList<NodeRequest> requests, bool replace)
    {
        using var turn = _files.TakeTurn();
        var state = State();
        foreach (var request in requests)
        {
            CheckName(request.Node, "node");
            CheckName(request.Cluster, "cluster");
            var path = _files.Of(request.Node).CertPath;
            if (!replace && File.Exists(path))
            {
                throw new AuthorityException($"{path}: is there already. 'chirps certs rotate {request.Node}' replaces it with one of the same names, --force with what is asked for now");
            }
        }

        return [.. requests.Select(request => Write(state, request))];
    }

    /// <summary>Issues certificates with new keys in the place of those the nodes have: same cluster and names. All or none.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="lifetime">How long from now they are valid; as long as before when null.</param>
    /// <exception cref="AuthorityException">A node has no certificate, or one that cannot be read.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public IReadOnlyList<TlsOptions> Reissue(IReadOnlyList<string> nodes, TimeSpan? lifetime)
    {
        using var turn = _files.TakeTurn();
        return Reissue(State(), [.. nodes.Select(Find)], lifetime);
    }

    /// <summary>The names of the nodes whose certificates are in the directory, in order.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public IReadOnlyList<string> Nodes() => [.. _files.NodePaths().Select(path => Path.GetFileNameWithoutExtension(path))];

    private static void CheckName(string name, string what)
    {
        if (!MemberId.TryParse(name, out _))
        {
            throw new AuthorityException($"'{name}' is no name for a {what}: 1 to 63 characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit");
        }

        if (what == "node" && name is "ca" or "ca-next" or "ca-old")
        {
            throw new AuthorityException($"'{name}' is no name for a node: the files of the authority are called so");
        }
    }

    private AuthorityState State() => _files.Read() ?? throw new AuthorityException(
        File.Exists(_files.TrustedPath)
            ? $"{_files.KeyPath}: is missing, or belongs to no certificate in {_files.TrustedPath}. Put the key of the authority there, or make a new authority with 'chirps certs init --force'"
            : $"{_files.TrustedPath}: there is no authority. Make one with 'chirps certs init', or name its directory with --directory");

    private void Make(string name, TimeSpan lifetime, IEnumerable<string> others)
    {
        var made = DevelopmentCertificates.CreateAuthority(name, lifetime, _clock.GetUtcNow());

        // The certificate first: until its key follows, the one before goes on issuing.
        _files.WriteTrusted([.. CertificateText.Split(made.CertificatePem), .. others]);
        PrivateFile.Write(_files.KeyPath, made.KeyPem);
    }

    private TlsMaterial Issue(AuthorityState state, NodeRequest request)
    {
        var now = _clock.GetUtcNow();
        var expires = CertificateText.Validity(state.Issuing.CertificatePem).Until;
        if (expires <= now)
        {
            throw new AuthorityException($"{_files.TrustedPath}: the authority expired at {expires:u}. Make a new one with 'chirps certs init --force'; every node needs new files then");
        }

        var issued = DevelopmentCertificates.IssueNode(state.Issuing, request.Cluster, request.Node, request.Lifetime + _clockSkew, now - _clockSkew, request.Extra);
        return issued with { AuthorityPem = state.TrustedPem };
    }

    private TlsOptions Write(AuthorityState state, NodeRequest request)
    {
        var files = _files.Of(request.Node);
        var issued = Issue(state, request);
        PrivateFile.Write(files.KeyPath, issued.KeyPem);
        AtomicFile.Write(files.CertPath, issued.CertificatePem, AtomicFile.Everybody);
        return files;
    }

    private StoredCertificate Find(string node)
    {
        CheckName(node, "node");
        var path = _files.Of(node).CertPath;
        return File.Exists(path)
            ? StoredCertificate.Read(path, File.ReadAllText(path), isAuthority: false, _clock.GetUtcNow())
            : throw new AuthorityException($"{path}: there is no certificate to replace. 'chirps certs issue {node}' makes the first one");
    }

    private List<TlsOptions> Reissue(AuthorityState state, IReadOnlyList<StoredCertificate> certificates, TimeSpan? lifetime)
    {
        var requests = certificates.Select(one => one.Identity is { } identity
            ? new NodeRequest(identity.Cluster, identity.Node, lifetime ?? one.Until - one.From - _clockSkew, one.Extra)
            : throw new AuthorityException($"{one.File}: {one.Warnings[^1]}. Remove it, or issue it anew with 'chirps certs issue --force'")).ToList();
        return [.. requests.Select(request => Write(state, request))];
    }

    private List<StoredCertificate> List(IReadOnlyList<string> trusted, string? issuing)
    {
        var now = _clock.GetUtcNow();
        var authorities = trusted.Select(pem => StoredCertificate.Read(_files.TrustedPath, pem, isAuthority: true, now));
        return [.. authorities, .. _files.NodePaths().Select(path => Judge(StoredCertificate.Read(path, File.ReadAllText(path), isAuthority: false, now), trusted, issuing))];
    }

    private static StoredCertificate Judge(StoredCertificate certificate, IReadOnlyList<string> trusted, string? issuing)
    {
        if (certificate.Pem.Length == 0)
        {
            return certificate;
        }

        var warnings = certificate.Warnings.ToList();
        if (!trusted.Any(authority => CertificateText.IsIssuedBy(certificate.Pem, authority)))
        {
            warnings.Add("of an authority that ca.crt does not have");
        }
        else if (issuing is not null && !CertificateText.IsIssuedBy(certificate.Pem, issuing))
        {
            warnings.Add("of the old authority");
        }

        var key = Path.ChangeExtension(certificate.File, ".key");
        if (!File.Exists(key))
        {
            warnings.Add("its key is not here");
        }
        else if (!CertificateText.IsKeyOf(File.ReadAllText(key), certificate.Pem))
        {
            warnings.Add("its key file has the key of another certificate");
        }
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(key) & ~AtomicFile.OwnerOnly) != 0)
        {
            warnings.Add("others can read its key");
        }

        return certificate with { Warnings = warnings };
    }
}
