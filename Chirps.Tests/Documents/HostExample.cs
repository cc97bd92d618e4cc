using System.Text;
using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chirps.Tests.Documents;

/// <summary>The example without Orleans, of getting started.</summary>
public sealed class HostExample
{
    [Fact]
    public async Task The_example_without_Orleans_runs()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-sample-").FullName;
        string[] args = ["--Chirps:Mesh:NodeId=a", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={directory}"];
        // <sample>
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddChirps(builder.Configuration);   // options: section "Chirps"
        builder.Services.AddHostedService<Greeter>();
        using var host = builder.Build();
        // </sample>
        await host.StartAsync();
        var greeter = host.Services.GetServices<IHostedService>().OfType<Greeter>().Single();

        Assert.Equal("a: hello", await greeter.Heard.Task.WaitAsync(MeshFixture.Patience));
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    // <sample>
    internal sealed class Greeter(IMeshNode mesh) : BackgroundService
    {
        public TaskCompletionSource<string> Heard { get; } = new();

        protected override async Task ExecuteAsync(CancellationToken stop)
        {
            using var greetings = mesh.Subscribe("greetings");
            await mesh.Joined.WaitAsync(stop);
            foreach (var member in mesh.Membership.Members.Where(member => member.Status == MemberStatus.Alive))
            {
                var result = await mesh.SendAsync(member.Id, "hello"u8.ToArray(), Profile.Control, "greetings", cancellationToken: stop);
                Console.WriteLine($"to {member.Id}: {result.Outcome} {result.Reason}");
            }

            await foreach (var message in greetings.Messages.ReadAllAsync(stop))
            {
                using (message)   // gives its buffer back
                {
                    Heard.TrySetResult($"{message.From}: {Encoding.UTF8.GetString(message.Payload.Span)}");
                }
            }
        }
    }
    // </sample>
}
