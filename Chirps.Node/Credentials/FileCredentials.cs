using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>The three files of <c>Chirps:Tls</c>.</summary>
internal sealed class FileCredentials(TlsOptions files, TimeProvider clock) : ICredentialSource
{
    public string Name => files.CertPath;

    public IReadOnlyList<string> Directories { get; } =
        [.. new[] { files.CertPath, files.KeyPath, files.CaPath }.Select(path => Path.GetDirectoryName(Path.GetFullPath(path))!).Distinct(StringComparer.Ordinal)];

    public CredentialSnapshot Look()
    {
        TlsMaterial material;
        try
        {
            material = new TlsMaterial(Read(files.CertPath), Read(files.KeyPath), Read(files.CaPath));
        }
        catch (TlsMaterialException exception)
        {
            return CredentialSnapshot.Failed(exception.Message);
        }

        return new CredentialSnapshot(CredentialSnapshot.FingerprintOf(material), () =>
        {
            material.Check(files.CertPath, files.KeyPath, files.CaPath, clock.GetUtcNow());
            return material;
        });
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsMaterialException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }
}
