using System.CommandLine;
using System.Globalization;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>The members as the node sees them, with the links to them.</summary>
internal static class MembersCommand
{
    /// <summary>From this width on, a terminal shows what helps in a search for causes.</summary>
    private const int Wide = 110;

    public static Command Make(NodeAccess access)
    {
        var names = new Option<bool>("--names") { Description = "Only the names, one a line" };
        return access.Serve(new Command("members", "Show the members: state, address, generation, incarnation, round trip") { names }, async (call, cancellationToken) =>
        {
            var reply = await call.Node.GetAsync<MembersReply>("/api/members", cancellationToken);
            if (call.Json)
            {
                call.WriteJson(reply);
            }
            else if (call.Get(names))
            {
                reply.Members.ToList().ForEach(member => call.WriteLine(member.Id.Value));
            }
            else
            {
                Print(call.Output, reply);
            }

            return ExitCode.Ok;
        });
    }

    private static void Print(TextWriter output, MembersReply reply)
    {
        var table = new TextTable(
            new("NODE"), new("STATE"), new("ADDRESS"), new("GENERATION"), new("INC", IsNumber: true), new("RTT", IsNumber: true), new("SINCE", IsNumber: true),
            new("PHI", IsNumber: true, Wide), new("LINK", WidthNeeded: Wide), new("ACCUSED BY", WidthNeeded: Wide));
        foreach (var member in reply.Members)
        {
            table.Add(
                (member.IsSelf ? $"{member.Id}*" : member.Id.Value, null),
                (member.State.ToString(), Colour(member.State)),
                (member.Address, null),
                (member.Generation.ToString(CultureInfo.InvariantCulture), null),
                (member.Incarnation.ToString(CultureInfo.InvariantCulture), null),
                (Plain.Milliseconds(member.RttMilliseconds), null),
                (Plain.Age(reply.At - member.Since), null),
                (member.IsSelf ? "-" : member.Phi.ToString("0.0", CultureInfo.InvariantCulture), null),
                (member.Link ?? "-", null),
                (member.AccusedBy?.Value ?? "-", null));
        }

        table.Print(output);
        output.WriteLine($"{Sentence(reply)} Seen by {reply.Node} (*) of cluster {reply.Cluster}; local health {reply.LocalHealth} ({Health(reply.LocalHealth)}).");
        if (!reply.Joined)
        {
            output.WriteLine($"{reply.Node} has not joined: no seed has answered yet, or it has left.");
        }
    }

    /// <summary>The colour of a state; the state's name stands there as well.</summary>
    public static string Colour(MemberState state) => state switch
    {
        MemberState.Alive => "green",
        MemberState.Suspect => "yellow",
        MemberState.Dead => "red",
        _ => "grey",
    };

    private static string Sentence(MembersReply reply)
    {
        var counts = reply.Members.GroupBy(member => member.State).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}");
        return $"{reply.Members.Count} {(reply.Members.Count == 1 ? "member" : "members")}: {string.Join(", ", counts)}.";
    }

    private static string Health(int steps) => steps == 0 ? "healthy" : "it doubts itself and accuses more slowly";
}
