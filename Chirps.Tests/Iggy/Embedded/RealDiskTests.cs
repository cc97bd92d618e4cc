using System.Diagnostics;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>The log on the real file system.</summary>
public sealed class RealDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-log-").FullName;
    private readonly LogTestKit _kit = new();

    public void Dispose()
    {
        _kit.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.None)]
    public async Task Messages_survive_a_restart(Durability durability)
    {
        using var kit = new LogTestKit { Settings = _kit.Settings with { Durability = durability } };
        await using (var log = kit.Open(new DiskDirectory(_directory)))
        {
            await Task.WhenAll(Enumerable.Range(0, 300).Select(number => LogTestKit.Append(log, (ulong)number)));
            await log.RemoveSegmentsAsync(1);
        }

        await using var again = kit.Open(new DiskDirectory(_directory));
        Assert.True(again.StartOffset > 0);
        Assert.Equal(300UL, again.NextOffset);
        Assert.Equal(300 - (int)again.StartOffset, LogTestKit.Read(again, 0).Count);
    }

    [Fact]
    public async Task Readers_see_whole_messages_while_segments_come_and_go()
    {
        await using var log = _kit.Open(new DiskDirectory(_directory));
        var appending = Task.Run(async () =>
        {
            for (var number = 0; number < 2000; number += 50)
            {
                await Task.WhenAll(Enumerable.Range(number, 50).Select(content => LogTestKit.Append(log, (ulong)content)));
                await log.RemoveSegmentsAsync(2);
            }
        });

        while (!appending.IsCompleted)
        {
            Assert.All(LogTestKit.Read(log, log.StartOffset), message => Assert.Equal(message.Offset, message.Content));
        }

        await appending;
    }

    [Fact]
    public async Task A_full_file_system_refuses_and_the_log_goes_on_when_there_is_room()
    {
        // Only root may mount a file system of a size.
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _directory))
        {
            return;
        }

        try
        {
            using var kit = new LogTestKit { Settings = new LogSettings() };
            await using var log = kit.Open(new DiskDirectory(Path.Combine(_directory, "log")));
            var filler = Path.Combine(_directory, "filler");
            await File.WriteAllBytesAsync(filler, new byte[512 * 1024]);
            var stored = 0UL;
            await Assert.ThrowsAsync<DiskFullException>(async () =>
            {
                for (; stored < 2000; stored++)
                {
                    await LogTestKit.Append(log, stored, payloadBytes: 1000);
                }
            });
            await Assert.ThrowsAsync<DiskFullException>(() => LogTestKit.Append(log, 99_999, payloadBytes: 100_000));

            File.Delete(filler);
            Assert.Equal(stored, (await LogTestKit.Append(log, stored)).FirstOffset);
            Assert.Equal(stored + 1, (ulong)LogTestKit.Read(log, 0).Count);
        }
        finally
        {
            Run("umount", "-l", _directory);
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
