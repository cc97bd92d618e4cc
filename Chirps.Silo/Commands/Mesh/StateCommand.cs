using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chirps.Node;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>The key-values that nodes share: read anybody's, change the node's own.</summary>
internal static class StateCommand
{
    public static Command Make(NodeAccess access) => new("state", "Key-values that nodes share with all: list, get, set, delete, watch")
    {
        List(access), Get(access), Set(access), Delete(access), Watch(access),
    };

    private static Command List(NodeAccess access)
    {
        var of = new Option<string?>("--of") { Description = "Only those of one member", HelpName = "member" };
        return access.Serve(new Command("list", "List the key-values of all members") { of }, async (call, cancellationToken) =>
        {
            var all = await All(call, cancellationToken);
            var wanted = all.Where(one => call.Get(of) is not { } owner || one.Key == owner).OrderBy(one => one.Key, StringComparer.Ordinal)
                .SelectMany(one => one.Value.Select(entry => new OwnedState(one.Key, entry.Key, entry.Text, entry.Value, entry.Version))).ToList();
            if (call.Json)
            {
                wanted.ForEach(call.WriteJson);
                return ExitCode.Ok;
            }

            var table = new TextTable(new("MEMBER"), new("KEY"), new("VALUE"), new("VERSION", IsNumber: true));
            foreach (var entry in wanted)
            {
                table.Add(entry.Owner, entry.Key, Plain.Line(entry.Text, Convert.ToBase64String(entry.Value.Span)), entry.Version.ToString(CultureInfo.InvariantCulture));
            }

            table.Print(call.Output);
            return ExitCode.Ok;
        });
    }

    private static Command Get(NodeAccess access)
    {
        var key = new Argument<string>("key") { Description = "The key" };
        var of = new Option<string?>("--of") { Description = "The member whose key it is (default: the node)", HelpName = "member" };
        return access.Serve(new Command("get", "Print the value of one key") { key, of }, async (call, cancellationToken) =>
        {
            var owner = call.Get(of) ?? (await call.Node.GetAsync<MembersReply>("/api/members", cancellationToken)).Node.Value;
            var entry = (await All(call, cancellationToken)).GetValueOrDefault(owner)?.FirstOrDefault(one => one.Key == call.Get(key))
                ?? throw new CommandException(ExitCode.Negative, $"{owner} has no key '{call.Get(key)}'; see: chirps state list");
            if (call.Json)
            {
                call.WriteJson(new OwnedState(owner, entry.Key, entry.Text, entry.Value, entry.Version));
            }
            else
            {
                // Whole for programs; on a terminal without what it could take for a command.
                var text = entry.Text ?? Convert.ToBase64String(entry.Value.Span);
                call.WriteLine(Console.IsOutputRedirected ? text : Plain.Line(text));
            }

            return ExitCode.Ok;
        });
    }

    private static Command Set(NodeAccess access)
    {
        var key = new Argument<string>("key") { Description = "The key" };
        var value = new Argument<string>("value") { Description = "Its value" };
        var lifetime = new Option<TimeSpan?>("--ttl")
        {
            Description = "After how long the node deletes it: 30s, 5m, 1h",
            HelpName = "time",
            CustomParser = result => Quantities.TryParseDuration(result.Tokens[0].Value, out var duration) ? duration : null,
        };
        lifetime.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!Quantities.TryParseDuration(result.Tokens[0].Value, out var duration) || duration <= TimeSpan.Zero))
            {
                result.AddError($"--ttl takes {Quantities.DurationExample}, not '{result.Tokens[0].Value}'.");
            }
        });
        return access.Serve(new Command("set", "Write a key of the node") { key, value, lifetime }, async (call, cancellationToken) =>
            Report(call, call.Get(key), "written; every node will have it", await call.Node.PostAsync<StateWritten>(
                "/api/state", new { key = call.Get(key), text = call.Get(value), timeToLiveSeconds = call.Get(lifetime)?.TotalSeconds }, cancellationToken)));
    }

    private static Command Delete(NodeAccess access)
    {
        var key = new Argument<string>("key") { Description = "The key" };
        return access.Serve(new Command("delete", "Delete a key of the node") { key }, async (call, cancellationToken) =>
        {
            var written = await call.Node.DeleteAsync<StateWritten>($"/api/state?key={Uri.EscapeDataString(call.Get(key))}", cancellationToken);
            if (written.Outcome == StateOutcome.Unchanged && !call.Json)
            {
                throw new CommandException(ExitCode.Negative, $"the node has no key '{call.Get(key)}'");
            }

            return Report(call, call.Get(key), "deleted; every node will learn of it", written) is var code && written.Outcome == StateOutcome.Unchanged ? ExitCode.Negative : code;
        });
    }

    private static Command Watch(NodeAccess access)
    {
        var prefix = new Argument<string?>("prefix") { Description = "Only keys that begin so", Arity = ArgumentArity.ZeroOrOne };
        var count = StreamOptions.Count("changes");
        return access.Serve(new Command("watch", "Show changes of key-values as they happen, until Ctrl-C") { prefix, count }, (call, cancellationToken) =>
            StreamOptions.RunAsync(
                call,
                $"/api/state/events?prefix={Uri.EscapeDataString(call.Get(prefix) ?? "")}",
                call.Get(count),
                begin: () => call.Error.WriteLine("watching key-values; Ctrl-C ends it"),
                take: data =>
                {
                    Print(call, data);
                    return Task.CompletedTask;
                },
                cancellationToken));
    }

    private static void Print(NodeCall call, JsonElement data)
    {
        if (call.Json)
        {
            call.WriteRaw(data);
            return;
        }

        var change = data.Deserialize<StateChangeReply>(NodeClient.Json)!;
        if (change.MissedBefore)
        {
            call.Error.WriteLine("some changes are missing here: they came too fast");
        }

        var what = change.Kind switch
        {
            StateEventKind.Set => $"{Plain.Line(change.Key)} = {Plain.Line(change.Text, Convert.ToBase64String(change.Value.Span))}",
            StateEventKind.Deleted => $"{Plain.Line(change.Key)} deleted",
            _ => "all keys come anew",
        };
        call.WriteLine($"{Plain.Clock(change.At)}  {change.Owner.Value,-16}  {what}");
    }

    private static int Report(NodeCall call, string key, string done, StateWritten written)
    {
        if (call.Json)
        {
            call.WriteJson(new { key, outcome = written.Outcome });
        }
        else
        {
            var what = written.Outcome switch
            {
                StateOutcome.Written => done,
                StateOutcome.Unchanged => "it says that already",
                _ => "refused; the key-values of the node would exceed Chirps:State:NodeBytesMax",
            };
            call.WriteLine($"{Plain.Line(key)}: {what}.");
        }

        return written.Outcome == StateOutcome.OverQuota ? ExitCode.Negative : ExitCode.Ok;
    }

    private static Task<Dictionary<string, List<StateReply>>> All(NodeCall call, CancellationToken cancellationToken)
        => call.Node.GetAsync<Dictionary<string, List<StateReply>>>("/state", cancellationToken);
}

/// <summary>The node's answer to a change of its key-values.</summary>
internal sealed record StateWritten(StateOutcome Outcome);

/// <summary>One key-value as <c>state list --json</c> and <c>state get --json</c> write it.</summary>
internal sealed record OwnedState(string Owner, string Key, string? Text, ReadOnlyMemory<byte> Value, ulong Version);
