using System.Diagnostics;
using Chirps.Quic;
using Chirps.Tests.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Credentials;

/// <summary>What the system reports about files is acted on at once: the interval of these watchers is a day.</summary>
public sealed class DirectoryReportTests : IDisposable
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly WatchedFiles _files = new(TimeProvider.System);

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Files_rewritten_in_place_come_into_force()
    {
        _files.Write(_files.First);
        _files.Watch(_day, reports: true);
        var next = _files.Issue();

        _files.Write(next);

        await InForce(next);
    }

    [Fact]
    public async Task Files_renamed_into_place_come_into_force()
    {
        _files.Write(_files.First);
        _files.Watch(_day, reports: true);
        var next = _files.Issue();

        foreach (var (path, text) in new[] { (_files.Files.KeyPath, next.KeyPem), (_files.Files.CertPath, next.CertificatePem) })
        {
            File.WriteAllText(path + ".tmp", text);
            File.Move(path + ".tmp", path, overwrite: true);
        }

        await InForce(next);
    }

    [Fact]
    public async Task A_mounted_secret_whose_link_is_swapped_comes_into_force()
    {
        var mount = _files.Directory;
        Mount("2030_01", _files.First);
        foreach (var name in new[] { "tls.crt", "tls.key", "ca.crt" })
        {
            File.CreateSymbolicLink(Path.Combine(mount, name), Path.Combine("..data", name));
        }

        _files.Watch(_day, reports: true);
        var next = _files.Issue();

        Mount("2030_02", next);

        await InForce(next);
        Assert.Empty(_files.Log.At(LogLevel.Warning));
    }

    /// <summary>The way a kubelet writes a volume: a new folder, and one rename of the link through which all files are reached.</summary>
    private void Mount(string version, TlsMaterial material)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_files.Directory, version)).FullName;
        File.WriteAllText(Path.Combine(folder, "tls.crt"), material.CertificatePem);
        File.WriteAllText(Path.Combine(folder, "tls.key"), material.KeyPem);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), material.AuthorityPem);
        var link = Path.Combine(_files.Directory, "..data");
        Directory.CreateSymbolicLink(link + "_tmp", version);
        Rename(link + "_tmp", link);
    }

    /// <summary>File.Move takes no link to a folder.</summary>
    private static void Rename(string from, string to)
    {
        using var move = Process.Start("mv", ["-T", from, to]);
        move.WaitForExit();
        Assert.Equal(0, move.ExitCode);
    }

    private Task InForce(TlsMaterial material)
        => MeshFixture.Eventually("the new files are in force", () => _files.Replaced.LastOrDefault() == material);
}
