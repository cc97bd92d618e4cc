using System.Diagnostics;
using System.Text;
using Chirps.Node;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Backend;

/// <summary>An outbox on a disk that is full.</summary>
public sealed class OutboxDiskTests : IAsyncLifetime
{
    private readonly DurableMesh _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_full_disk_rejects_and_what_was_queued_arrives_once_and_in_order()
    {
        // Only root may mount a file system of a size.
        var options = _mesh.Options("a");
        options.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        var outbox = Path.Combine(options.Mesh.DataDirectory, "outbox", "a");
        Directory.CreateDirectory(outbox);
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", outbox))
        {
            return;
        }

        try
        {
            var node = await _mesh.StartAsync(options);
            var queued = new List<string>();
            Assert.Equal(FailureReason.OutboxFull, await PublishUntilRejected(node, queued));
            Assert.InRange(queued.Count, 50, 110);

            // What failed left nothing behind that keeps the outbox from being emptied, though its disk stays full.
            var host = await _mesh.StartAsync(_mesh.Options("host"));
            using var subscription = host.Subscribe("t");
            await node.JoinAsync([host.Membership.Self.Address.ToString()]);

            Assert.Equal(queued, (await DurableMesh.TakeAsync(subscription, queued.Count)).Select(text => text.TrimEnd()));
            await MeshFixture.Eventually("the outbox is empty", () => _mesh.Channels(node).Status.Outbox.Messages == 0);
            Assert.Equal(queued.Count, subscription.Received);
            Assert.Equal(Outcome.Persisted, (await node.BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t")).Stored!.Value.Outcome);
            await node.DisposeAsync();
        }
        finally
        {
            Run("umount", "-l", outbox);
        }
    }

    /// <summary>Broadcasts 10,000 bytes at a time.</summary>
    private static async Task<FailureReason> PublishUntilRejected(MeshNode node, List<string> queued)
    {
        while (true)
        {
            var text = $"{queued.Count}";
            var result = (await node.BroadcastAsync(Encoding.UTF8.GetBytes(text.PadRight(10_000)), Profile.Durable, "t")).Stored!.Value;
            if (result.Outcome != Outcome.Queued)
            {
                return result.Reason;
            }

            queued.Add(text);
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
