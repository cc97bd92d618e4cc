using RaftKv.Kv;
using RaftKv.Storage;

namespace Chirps.Tests.Raft;

public sealed class SnapshotFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-raft-snapshots-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Files_that_are_no_snapshots_are_left_alone()
    {
        var files = new SnapshotFiles(_directory);
        files.Write(5, new KvState());
        File.WriteAllText(Path.Combine(_directory, "backup.snapshot"), "mine");
        files.Write(9, new KvState());

        files.RemoveAllBut(9);

        Assert.Equal(["00000000000000000009.snapshot", "backup.snapshot"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_was_begun_before_a_restart_goes_and_what_was_being_received_stays()
    {
        File.WriteAllText(Path.Combine(_directory, "00000000000000000007.snapshot.part"), "half");
        File.WriteAllText(Path.Combine(_directory, "receiving-00000000000000000000000000000001.part"), "half");

        _ = new SnapshotFiles(_directory);

        Assert.Equal(["receiving-00000000000000000000000000000001.part"], Directory.GetFiles(_directory).Select(Path.GetFileName));
    }
}
