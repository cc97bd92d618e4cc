using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>What the directory of an authority holds; each certificate as PEM text of its own.</summary>
/// <param name="Trusted">All authorities in <c>ca.crt</c>.</param>
/// <param name="Issuing">The one that issues.</param>
/// <param name="Next">The one that will issue; only after the first stage of a change.</param>
/// <param name="Old">Those that issue no more and are still trusted; only after the second stage.</param>
internal sealed record AuthorityState(IReadOnlyList<string> Trusted, DevelopmentAuthority Issuing, DevelopmentAuthority? Next, IReadOnlyList<string> Old)
{
    /// <summary>The stage of a change that was done last.</summary>
    public AuthorityStage Stage => Next is not null ? AuthorityStage.Announced : Old.Count > 0 ? AuthorityStage.Issuing : AuthorityStage.Settled;

    /// <summary>What nodes are given as authorities.</summary>
    public string TrustedPem => string.Concat(Trusted);
}
