using System.CommandLine;
using Chirps.Node.Udp;

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
            Recursive = true,
        };
        return new Command("keys", "Keys of membership over UDP: new, add, use, remove, list") { file, New(file), Add(file), Use(file), Remove(file), List(file) };
    }

    private static Command New(Option<string> file)
    {
        var command = new Command("new", "Make a key: the first one of a new file, or one more that is accepted and not yet used");
        command.SetAction(parsed => Run(parsed, file, (path, output) =>
        {
            if (!File.Exists(path))
            {
                KeyFile.Create(Today()).Save(path);
                output.WriteLine($"{path}: made, with key 1 in use. Each node needs it (Chirps:Udp:KeyPath), readable by its user alone.");
                return;
            }

            KeyFile.Load(path).WithNew(Today(), out var id).Save(path);
            output.WriteLine($"{path}: key {id} is made and accepted, not yet used. When every node has the file: chirps keys use {id}");
        }));
        return command;
    }

    private static Command Add(Option<string> file)
    {
        var from = new Argument<string>("from") { Description = "Another file of keys" };
        var command = new Command("add", "Take the keys of another file over that this one lacks; they are accepted and not yet used") { from };
        command.SetAction(parsed => Run(parsed, file, (path, output) =>
        {
            KeyFile.Load(path).WithAll(KeyFile.Load(parsed.GetRequiredValue(from)), out var added).Save(path);
            output.WriteLine(added.Count == 0 ? $"{path}: it has all of them already." : $"{path}: key {string.Join(", ", added)} is accepted, not yet used.");
        }));
        return command;
    }

    private static Command Use(Option<string> file)
    {
        var id = Id();
        var command = new Command("use", "Seal packets with another key from now on") { id };
        command.SetAction(parsed => Run(parsed, file, (path, output) =>
        {
            var before = KeyFile.Load(path);
            var after = before.Using(parsed.GetRequiredValue(id));
            after.Save(path);
            output.WriteLine(before.Current == after.Current
                ? $"{path}: key {after.Current} is in use already."
                : $"{path}: key {after.Current} is in use. When every node has the file: chirps keys remove {before.Current}");
        }));
        return command;
    }

    private static Command Remove(Option<string> file)
    {
        var id = Id();
        var command = new Command("remove", "Take a key out: packets sealed with it are dropped") { id };
        command.SetAction(parsed => Run(parsed, file, (path, output) =>
        {
            KeyFile.Load(path).Without(parsed.GetRequiredValue(id)).Save(path);
            output.WriteLine($"{path}: key {parsed.GetRequiredValue(id)} is gone.");
        }));
        return command;
    }

    private static Command List(Option<string> file)
    {
        var command = new Command("list", "Show the keys by number and fingerprint, never themselves");
        command.SetAction(parsed => Run(parsed, file, (path, output) =>
        {
            var keys = KeyFile.Load(path);
            foreach (var (key, made) in keys.Keys)
            {
                output.WriteLine(FormattableString.Invariant($"{key.Id,3}  {key.Fingerprint}  made {made:yyyy-MM-dd}  {(key.Id == keys.Current ? "in use" : "accepted")}"));
            }
        }));
        return command;
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

    /// <summary>Does the work and turns what goes wrong into a message and an exit code.</summary>
    private static int Run(ParseResult parsed, Option<string> file, Action<string, TextWriter> work)
    {
        try
        {
            work(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output);
            return 0;
        }
        catch (KeyFileException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine(refused.Message);
            return ExitRefused;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{exception.Message} Check that this user may use the file and its directory, or name another one with --file.");
            return ExitNoFile;
        }
    }
}
