using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>A certificate that is wanted.</summary>
/// <param name="Cluster">The cluster; a name as <see cref="MemberId"/> takes it.</param>
/// <param name="Node">The node; the same.</param>
/// <param name="Lifetime">How long from now it is valid; cut to the authority's own time.</param>
/// <param name="Extra">Names it carries beside the node's.</param>
public sealed record NodeRequest(string Cluster, string Node, TimeSpan Lifetime, ExtraNames Extra);
