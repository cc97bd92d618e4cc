using Chirps.Engine.Membership;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Credentials;

/// <summary>What a node starts with: its name, its certificate, and where the next one will come from.</summary>
internal sealed partial class NodeCredentials(NodeClaim claim, TlsMaterial tls, ICredentialSource source)
{
    /// <summary>The hold on the name in the certificate; the owner of this ends it.</summary>
    public NodeClaim Claim { get; } = claim;

    /// <summary>Certificate, key and authorities.</summary>
    public TlsMaterial Tls { get; } = tls;

    /// <summary>Where they come from.</summary>
    public ICredentialSource Source { get; } = source;

    /// <summary>Loads the node's certificate, or makes a development one, and takes the node's name from it.</summary>
    /// <exception cref="MeshConfigurationException">A file is missing or does not fit the configuration, or another process holds the name.</exception>
    public static NodeCredentials Load(MeshOptions options, TimeProvider clock, ILogger logger)
    {
        if (options.Tls.IsEmpty)
        {
            return Develop(options, clock, logger);
        }

        TlsMaterial material;
        try
        {
            material = TlsMaterial.Load(options.Tls.CertPath, options.Tls.KeyPath, options.Tls.CaPath);
        }
        catch (TlsMaterialException exception)
        {
            throw new MeshConfigurationException("Chirps:Tls", exception.Message, exception);
        }

        var identity = material.ReadIdentity();
        if (identity.Cluster != options.Mesh.Cluster)
        {
            throw new MeshConfigurationException("Chirps:Mesh:Cluster", $"is '{options.Mesh.Cluster}', but the certificate {options.Tls.CertPath} is of cluster '{identity.Cluster}'");
        }

        if (options.Mesh.NodeId.Length > 0 && identity.Node != options.Mesh.NodeId)
        {
            throw new MeshConfigurationException("Chirps:Mesh:NodeId", $"is '{options.Mesh.NodeId}', but the certificate {options.Tls.CertPath} is of node '{identity.Node}'");
        }

        return MemberId.TryParse(identity.Node, out var self)
            ? new NodeCredentials(NodeClaim.Take(options.Mesh.DataDirectory, self), material, new FileCredentials(options.Tls, clock))
            : throw new MeshConfigurationException("Chirps:Tls:CertPath", $"the certificate names node '{identity.Node}', which is no node id");
    }

    private static NodeCredentials Develop(MeshOptions options, TimeProvider clock, ILogger logger)
    {
        var claim = options.Mesh.NodeId.Length > 0
            ? NodeClaim.Take(options.Mesh.DataDirectory, MemberId.Parse(options.Mesh.NodeId))
            : NodeClaim.TakeMadeUp(options.Mesh.DataDirectory);
        try
        {
            var directory = Path.GetFullPath(Path.Combine(options.Mesh.DataDirectory, "dev-certs"));
            var source = new DevelopmentCredentials(directory, options.Mesh.Cluster, claim.Self, clock);
            LogDevelopment(logger, directory);
            return new NodeCredentials(claim, source.Material, source);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    [LoggerMessage(2013, LogLevel.Warning, "No certificate is configured (Chirps:Tls): using the development authority in {Directory}. For one machine only; nodes with another data directory do not know it")]
    private static partial void LogDevelopment(ILogger logger, string directory);
}
