using Chirps.Node;

namespace Chirps.Tests.Credentials;

/// <summary>Brings the certificates of an authority's directory to where each node reads them.</summary>
/// <param name="authority">The directory of the authority.</param>
/// <param name="nodes">Below it each node has a directory.</param>
internal sealed class NodeFiles(string authority, string nodes)
{
    /// <summary>What a node is told of its files.</summary>
    public TlsOptions Of(string name)
    {
        var directory = Path.Combine(nodes, $"node-{name}");
        return new TlsOptions
        {
            CertPath = Path.Combine(directory, "tls.crt"),
            KeyPath = Path.Combine(directory, "tls.key"),
            CaPath = Path.Combine(directory, "ca.crt"),
            ReloadInterval = TimeSpan.FromMilliseconds(500),
        };
    }

    /// <summary>Brings a node's files to it, one after the other.</summary>
    public void Distribute(string name)
    {
        var files = Of(name);
        Directory.CreateDirectory(Path.GetDirectoryName(files.CertPath)!);
        Copy("ca.crt", files.CaPath);
        Copy($"{name}.key", files.KeyPath);
        Copy($"{name}.crt", files.CertPath);
    }

    private void Copy(string name, string destination)
    {
        File.Copy(Path.Combine(authority, name), destination + ".new", overwrite: true);
        File.Move(destination + ".new", destination, overwrite: true);
    }
}
