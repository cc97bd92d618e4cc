using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>Lets a node join through seeds, or leave.</summary>
internal static class JoinLeaveCommands
{
    public static Command MakeJoin(NodeAccess access)
    {
        var seeds = new Argument<string[]>("seeds") { Description = "host:port of some members", Arity = new ArgumentArity(1, 100) };
        return access.Serve(new Command("join", "Let the node join a mesh through members that are named") { seeds }, async (call, cancellationToken) =>
        {
            await call.Node.PostAsync<JsonElement>("/api/join", new { seeds = call.Get(seeds) }, cancellationToken);
            if (call.Json)
            {
                call.WriteJson(new { seeds = call.Get(seeds), asked = true });
            }
            else
            {
                call.WriteLine($"The node asks {string.Join(", ", call.Get(seeds))}, again and again until one answers. See: chirps members");
            }

            return ExitCode.Ok;
        });
    }

    public static Command MakeLeave(NodeAccess access)
        => access.Serve(new Command("leave", "Let the node leave the mesh; its process goes on until it is stopped"), async (call, cancellationToken) =>
        {
            var node = (await call.Node.GetAsync<MembersReply>("/api/members", cancellationToken)).Node;
            await call.Node.PostAsync<JsonElement>("/api/leave", null, cancellationToken);
            if (call.Json)
            {
                call.WriteJson(new { node, left = true });
            }
            else
            {
                call.WriteLine($"{node} has left the mesh. It comes back by a restart.");
            }

            return ExitCode.Ok;
        });
}
