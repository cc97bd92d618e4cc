namespace Chirps.Quic;

/// <summary>Who a node is: the names in its certificate's URI <c>chirps://cluster/node</c>.</summary>
/// <param name="Cluster">The cluster; connections stay within one.</param>
/// <param name="Node">The node, unique in its cluster.</param>
public readonly record struct TransportIdentity(string Cluster, string Node)
{
    private const string Scheme = "chirps://";
    private const int NameLengthMax = 255;

    /// <summary>The URI form, with characters a URI cannot hold escaped.</summary>
    public override string ToString() => $"{Scheme}{Uri.EscapeDataString(Cluster ?? string.Empty)}/{Uri.EscapeDataString(Node ?? string.Empty)}";

    /// <summary>Whether a URI is meant as an identity at all.</summary>
    internal static bool HasScheme(string uri) => uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>chirps://cluster/node</c>; both names 1 to 255 characters, nothing after them.</summary>
    internal static bool TryParse(string uri, out TransportIdentity identity)
    {
        identity = default;
        if (!uri.StartsWith(Scheme, StringComparison.Ordinal) || uri.AsSpan().ContainsAny('?', '#', '@'))
        {
            return false;
        }

        var names = uri[Scheme.Length..].Split('/');
        if (names.Length != 2)
        {
            return false;
        }

        var cluster = Uri.UnescapeDataString(names[0]);
        var node = Uri.UnescapeDataString(names[1]);
        if (cluster.Length is 0 or > NameLengthMax || node.Length is 0 or > NameLengthMax)
        {
            return false;
        }

        identity = new TransportIdentity(cluster, node);
        return true;
    }
}
