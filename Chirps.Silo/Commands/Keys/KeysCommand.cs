using System.CommandLine;
using System.Text.Json;
using Chirps.Node.Udp;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Keys;

/// <summary>The keys of membership over UDP: make a file of them, and change it in the order that a live mesh bears.</summary>
internal static class KeysCommand
{
    /// <summary>Exit code when what was asked would do harm or makes no sense; nothing has changed.</summary>
    public const int ExitRefused = 1;

    /// <summary>Exit code when the file cannot be read or written.</summary>
    public const int ExitNoFile = 2;

    public static Command Make()
    {
        var file = new Option<string>("--file")
        {
            Description = "The file of keys (Chirps:Udp:KeyPath)",
            DefaultValueFactory = _ => Path.Combine("run", KeyFile.DefaultName),
            HelpName = Expectations.PathHelp,
            Recursive = true,
        };
        var json = new Option<bool>("--json") { Description = "JSON for programs: one object", Recursive = true };
        Func<ParseResult, Func<string, KeysAnswer>, int> run = (parsed, work) => Run(parsed, file, json, work);
        return new Command("keys", "Keys of membership over UDP: new, add, use, remove, list") { file, json, New(run), Add(run), Use(run), Remove(run), List(run) };
    }

    private static Command New(Func<ParseResult, Func<string, KeysAnswer>, int> run)
    {
        var command = new Command("new", "Make a key: the first one of a new file, or one more that is accepted and not yet used");
        command.SetAction(parsed => run(parsed, path =>
        {
            if (!File.Exists(path))
            {
                return Saved(KeyFile.Create(Today()), path, [1], "made, with key 1 in use. Each node needs it (Chirps:Udp:KeyPath), readable by its user alone.");
            }

            var keys = KeyFile.Load(path).WithNew(Today(), out var id);
            return Saved(keys, path, [id], $"key {id} is made and accepted, not yet used. When every node has the file: chirps keys use {id}");
        }));
        return command;
    }

    private static Command Add(Func<ParseResult, Func<string, KeysAnswer>, int> run)
    {
        var from = new Argument<string>("from") { Description = "Another file of keys", HelpName = Expectations.PathHelp };
        var command = new Command("add", "Take the keys of another file over that this one lacks; they are accepted and not yet used") { from };
        command.SetAction(parsed => run(parsed, path =>
        {
            var keys = KeyFile.Load(path).WithAll(KeyFile.Load(parsed.GetRequiredValue(from)), out var added);
            return Saved(keys, path, added, added.Count switch
            {
                0 => "it has all of them already.",
                1 => $"key {added[0]} is accepted, not yet used.",
                _ => $"keys {string.Join(", ", added)} are accepted, not yet used.",
            });
        }));
        return command;
    }

    private static Command Use(Func<ParseResult, Func<string, KeysAnswer>, int> run)
    {
        var id = Id();
        var command = new Command("use", "Seal packets with another key from now on") { id };
        command.SetAction(parsed => run(parsed, path =>
        {
            var before = KeyFile.Load(path);
            var after = before.Using(parsed.GetRequiredValue(id));
            return before.Current == after.Current
                ? Saved(after, path, [], $"key {after.Current} is in use already.")
                : Saved(after, path, [after.Current], $"key {after.Current} is in use. When every node has the file: chirps keys remove {before.Current}");
        }));
        return command;
    }

    private static Command Remove(Func<ParseResult, Func<string, KeysAnswer>, int> run)
    {
        var id = Id();
        var command = new Command("remove", "Take a key out: packets sealed with it are dropped") { id };
        command.SetAction(parsed => run(parsed, path =>
        {
            var gone = parsed.GetRequiredValue(id);
            return Saved(KeyFile.Load(path).Without(gone), path, [gone], $"key {gone} is gone.");
        }));
        return command;
    }

    private static Command List(Func<ParseResult, Func<string, KeysAnswer>, int> run)
    {
        var command = new Command("list", "Show the keys by number and fingerprint, never themselves");
        command.SetAction(parsed => run(parsed, path =>
        {
            var keys = KeyFile.Load(path);
            var lines = keys.Keys.Select(one => FormattableString.Invariant($"{one.Key.Id,3}  {one.Key.Fingerprint}  made {one.Made:yyyy-MM-dd}  {(one.Key.Id == keys.Current ? "in use" : "accepted")}"));
            return new KeysAnswer(keys, [], string.Join(Environment.NewLine, lines));
        }));
        return command;
    }

    private static KeysAnswer Saved(KeyFile keys, string path, IReadOnlyList<byte> changed, string words)
    {
        keys.Save(path);
        return new KeysAnswer(keys, changed, $"{Plain.Line(path)}: {words}");
    }

    private static Argument<byte> Id()
    {
        var argument = new Argument<byte>("key") { Description = "Number of the key" };
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !byte.TryParse(token.Value, out var id) || id == 0))
            {
                result.AddError($"'{token.Value}' is no number of a key: 1 to 255 is needed.");
            }
        });
        return argument;
    }

    private static DateOnly Today() => DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>Does the work, writes its answer, and turns what goes wrong into a message and an exit code.</summary>
    private static int Run(ParseResult parsed, Option<string> file, Option<bool> json, Func<string, KeysAnswer> work)
    {
        var path = parsed.GetRequiredValue(file);
        try
        {
            var answer = work(path);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(Describe(path, answer), NodeClient.Json) : answer.Words);
            return 0;
        }
        catch (KeyFileException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"chirps: {refused.Message}"));
            return ExitRefused;
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"chirps: {FileFault.Explain(path, exception)}. Check that this user may use the file and its directory, or name another one with --file."));
            return ExitNoFile;
        }
    }

    /// <summary>The same fields for every command: what the file holds now, and which keys the command was about. Never a key itself.</summary>
    private static object Describe(string path, KeysAnswer answer) => new
    {
        file = path,
        current = answer.Keys.Current,
        changed = answer.Changed.Select(id => (int)id),
        keys = answer.Keys.Keys.Select(one => new { key = one.Key.Id, fingerprint = one.Key.Fingerprint, made = one.Made, inUse = one.Key.Id == answer.Keys.Current }),
    };

    /// <summary>What a command did.</summary>
    /// <param name="Keys">The keys as they are now.</param>
    /// <param name="Changed">Those that were made, taken over, brought into use or taken out.</param>
    /// <param name="Words">The same for people.</param>
    private sealed record KeysAnswer(KeyFile Keys, IReadOnlyList<byte> Changed, string Words);
}
