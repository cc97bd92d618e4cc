using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>The changes of the membership as they happen, with who accused whom and why.</summary>
internal static class WatchCommand
{
    public static Command Make(NodeAccess access)
    {
        var count = StreamOptions.Count("changes");
        return access.Serve(new Command("watch", "Show changes of the membership as they happen, with accusers and reasons, until Ctrl-C") { count }, (call, cancellationToken) =>
            StreamOptions.RunAsync(call, "/api/events", call.Get(count), () => Begin(call), data => Print(call, data, cancellationToken), cancellationToken));
    }

    private static void Begin(NodeCall call) => call.Error.WriteLine("watching the membership; Ctrl-C ends it");

    private static async Task Print(NodeCall call, JsonElement data, CancellationToken cancellationToken)
    {
        var change = data.Deserialize<EventReply>(NodeClient.Json)!;
        var accused = change.Kind == nameof(MemberStatusChanged) && change.NewState is MemberState.Suspect or MemberState.Dead;
        var evidence = accused ? await Evidence(call, change.Member.Id, cancellationToken) : null;
        if (call.Json)
        {
            call.WriteJson(new WatchedChange(change.Version, change.At, change.Kind, change.Member, change.OldState, change.NewState, change.Accuser, evidence));
            return;
        }

        var what = change.Kind switch
        {
            nameof(MemberJoined) => "joined",
            nameof(MemberLeft) => "left",
            nameof(MemberUpdated) => "moved",
            _ => $"{change.OldState} -> {change.NewState}",
        };
        var why = change.Kind is nameof(MemberJoined) or nameof(MemberUpdated)
            ? $"at {change.Member.Address}, generation {change.Member.Generation}"
            : Reasons(change, evidence);
        Terminal.WriteLine(call.Output, $"{Plain.Clock(change.At)}  {change.Member.Id.Value,-16}  ", why.Length > 0 ? $"{what,-16}" : what, MembersCommand.Colour(change.NewState), why.Length > 0 ? $"  {why}" : "");
    }

    /// <summary>The accusation behind a suspicion or death. The node may have forgotten the member meanwhile.</summary>
    private static async Task<MemberAccusation?> Evidence(NodeCall call, NodeId member, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await call.Node.GetAsync<MemberReply>($"/membership/{Uri.EscapeDataString(member.Value)}", cancellationToken);
            return reply.Evidence is { Accusations: [.., var last] } ? last : null;
        }
        catch (CommandException exception) when (exception.ExitCode == ExitCode.Negative)
        {
            return null;
        }
    }

    private static string Reasons(EventReply change, MemberAccusation? accusation)
    {
        var parts = new List<string>();
        if (change.Accuser is { } accuser)
        {
            parts.Add($"accused by {accuser}");
        }

        if (accusation is { Helpers.Count: > 0 })
        {
            parts.Add($"helpers heard nothing: {string.Join(", ", accusation.Helpers.Select(helper => helper.Nacked ? helper.Id.Value : $"{helper.Id} (no report)"))}");
        }

        if (accusation is { Confirmations.Count: > 0 })
        {
            parts.Add($"confirmed by {string.Join(", ", accusation.Confirmations.Select(one => one.By.Value))}");
        }

        if (change.NewState == MemberState.Dead && accusation?.EndedBy is { } judge && judge != change.Accuser)
        {
            parts.Add($"declared by {judge}");
        }

        return string.Join("; ", parts);
    }
}

/// <summary>A change of the membership as <c>watch --json</c> writes it.</summary>
internal sealed record WatchedChange(
    ulong Version, DateTimeOffset At, string Kind, MemberInfo Member, MemberState? OldState, MemberState NewState, NodeId? Accuser, MemberAccusation? Accusation);
