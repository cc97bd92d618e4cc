using System.Globalization;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <content>
/// The change from one authority to the next. A node refuses a peer whose authority it does not trust, so first all
/// trust both (stage 1), then all get certificates of the new one (stage 2), then the old one goes (stage 3).
/// </content>
public sealed partial class AuthorityStore
{
    /// <summary>The stage that was done last.</summary>
    /// <exception cref="AuthorityException">The authority has gone.</exception>
    public AuthorityStage Stage => State().Stage;

    /// <summary>Does the next stage.</summary>
    /// <param name="distributed">Whether every node has what the last stage asked to distribute, which cannot be seen from here.</param>
    /// <param name="name">Stage 1: the common name of the new authority; the old one's with a higher number when null.</param>
    /// <param name="lifetime">Stage 1: how long from now it is valid.</param>
    /// <exception cref="AuthorityException">The stage would cut nodes off; nothing has changed.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public AuthorityStep Advance(bool distributed, string? name, TimeSpan lifetime)
    {
        using var turn = _files.TakeTurn();
        var state = State();
        return state.Stage switch
        {
            AuthorityStage.Settled => Announce(state, name, lifetime),
            AuthorityStage.Announced => IssueFromNext(state, distributed),
            _ => DropOld(state, distributed),
        };
    }

    /// <summary>Stage 1: the new authority is made and trusted beside the old one, which goes on issuing.</summary>
    private AuthorityStep Announce(AuthorityState state, string? name, TimeSpan lifetime)
    {
        var old = NameOf(state.Issuing.CertificatePem);
        var made = DevelopmentCertificates.CreateAuthority(name ?? Following(old), lifetime, _clock.GetUtcNow());
        PrivateFile.Write(_files.NextKeyPath, made.KeyPem);
        AtomicFile.Write(_files.OldPath, state.Issuing.CertificatePem, AtomicFile.Everybody);

        // Last: with it the stage is done, and before it nothing is.
        _files.WriteTrusted([.. state.Trusted, .. CertificateText.Split(made.CertificatePem)]);
        return new AuthorityStep(AuthorityStage.Announced, old, NameOf(made.CertificatePem), [_files.TrustedPath]);
    }

    /// <summary>Stage 2: the new authority issues from now on, and has issued for every node.</summary>
    private AuthorityStep IssueFromNext(AuthorityState state, bool distributed)
    {
        Demand(
            distributed,
            $"{_files.TrustedPath}: stage 2 issues from the new authority '{NameOf(state.Next!.CertificatePem)}', which nodes refuse until they have this file");
        var now = _clock.GetUtcNow();
        var nodes = _files.NodePaths().Select(path => StoredCertificate.Read(path, File.ReadAllText(path), isAuthority: false, now)).ToList();
        if (nodes.Find(node => node.Identity is null) is { } unreadable)
        {
            throw new AuthorityException($"{unreadable.File}: {unreadable.Warnings[^1]}, so stage 2 cannot replace it. Remove it or issue it anew first");
        }

        File.Move(_files.NextKeyPath, _files.KeyPath, overwrite: true);
        var files = Reissue(State(), nodes, lifetime: null);
        return new AuthorityStep(
            AuthorityStage.Issuing,
            NameOf(state.Issuing.CertificatePem),
            NameOf(state.Next.CertificatePem),
            [.. files.SelectMany(file => new[] { file.CertPath, file.KeyPath })]);
    }

    /// <summary>Stage 3: the old authority is trusted no more.</summary>
    private AuthorityStep DropOld(AuthorityState state, bool distributed)
    {
        var old = string.Join(", ", state.Old.Select(NameOf));
        var now = _clock.GetUtcNow();
        string[] stuck = [.. _files.NodePaths()
            .Select(path => StoredCertificate.Read(path, File.ReadAllText(path), isAuthority: false, now))
            .Where(node => node.Pem.Length > 0 && node.Until > now && state.Old.Any(authority => CertificateText.IsIssuedBy(node.Pem, authority)))
            .Select(node => node.File)];
        if (stuck.Length > 0)
        {
            throw new AuthorityException(
                $"{string.Join(", ", stuck)}: still of the old authority '{old}', and stage 3 would cut them off. "
                + $"Replace them with 'chirps certs rotate {string.Join(' ', stuck.Select(Path.GetFileNameWithoutExtension))}', or remove those of nodes that are gone");
        }

        Demand(distributed, $"{_files.TrustedPath}: stage 3 ends the trust in the old authority '{old}', and with it in nodes that do not have their new certificate and key");
        _files.WriteTrusted(state.Trusted.Except(state.Old));
        File.Delete(_files.OldPath);
        return new AuthorityStep(AuthorityStage.Settled, old, NameOf(state.Issuing.CertificatePem), [_files.TrustedPath]);
    }

    private static void Demand(bool distributed, string danger)
    {
        if (!distributed)
        {
            throw new AuthorityException(
                $"{danger}. Whether all have cannot be seen from here: check that chirps_tls_reloads_total{{result=\"ok\"}} "
                + "of each node has grown (see /metrics), then run the command again with --distributed");
        }
    }

    private static string NameOf(string certificate) => StoredCertificate.Read("", certificate, isAuthority: true, default).Name;

    /// <summary><c>Chirps authority</c>, <c>Chirps authority 2</c>, <c>Chirps authority 3</c>: names that people can tell apart.</summary>
    private static string Following(string name)
    {
        var space = name.LastIndexOf(' ');
        return space > 0 && int.TryParse(name.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < int.MaxValue
            ? $"{name[..space]} {number + 1}"
            : $"{name} 2";
    }
}
