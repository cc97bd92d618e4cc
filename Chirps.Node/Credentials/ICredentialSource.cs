namespace Chirps.Node.Credentials;

/// <summary>Where a node's certificate, key and authorities come from. One caller at a time.</summary>
internal interface ICredentialSource
{
    /// <summary>What people know the certificate by: its path.</summary>
    string Name { get; }

    /// <summary>Directories in which a change is worth a look at once.</summary>
    IReadOnlyList<string> Directories { get; }

    /// <summary>Looks at what is there now. Never throws: what goes wrong is told by <see cref="CredentialSnapshot.Load"/>.</summary>
    CredentialSnapshot Look();
}
