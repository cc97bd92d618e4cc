using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Keys;

namespace Chirps.Tests.Silo;

/// <summary><c>chirps keys</c> as it is typed: what it says, and its exit code.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-keys-").FullName;

    private string KeyPath => Path.Combine(_directory, "keys");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_key_goes_through_its_life_new_used_and_removed()
    {
        Assert.Equal(0, Run("new").Code);
        Assert.Contains("chirps keys use 2", Run("new").Output, StringComparison.Ordinal);
        Assert.Equal(["in use", "accepted"], States());

        Assert.Contains("chirps keys remove 1", Run("use", "2").Output, StringComparison.Ordinal);
        Assert.Equal(["accepted", "in use"], States());

        Assert.Equal(0, Run("remove", "1").Code);
        Assert.Equal(["in use"], States());
    }

    [Fact]
    public void The_file_is_its_owners_alone()
    {
        Run("new");
        Run("new");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public void The_list_gives_no_key_away()
    {
        Run("new");
        var secret = File.ReadAllLines(KeyPath)[1].Split(' ')[1];

        var listed = Run("list");

        Assert.Equal(64, secret.Length);
        Assert.DoesNotContain(secret[..16], listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_another_file_are_taken_over_and_not_yet_used()
    {
        Run("new");
        var other = Path.Combine(_directory, "other");
        File.Copy(KeyPath, other);
        Run("new", "--file", other);

        Assert.Contains("key 2 is accepted", Run("add", other).Output, StringComparison.Ordinal);
        Assert.Equal(["in use", "accepted"], States());
        Assert.Contains("has all of them", Run("add", other).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_of_the_same_number_is_refused()
    {
        Run("new");
        var other = Path.Combine(_directory, "other");
        Run("new", "--file", other);

        var refused = Run("add", other);

        Assert.Equal(1, refused.Code);
        Assert.Contains("Key 1 is another one here", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remove", "1")]
    [InlineData("remove", "9")]
    [InlineData("use", "9")]
    [InlineData("use", "0")]
    [InlineData("use", "256")]
    [InlineData("use")]
    [InlineData("add", "nowhere")]
    public void What_makes_no_sense_is_refused_and_changes_nothing(params string[] arguments)
    {
        Run("new");
        var before = File.ReadAllText(KeyPath);

        Assert.Equal(1, Run(arguments).Code);

        Assert.Equal(before, File.ReadAllText(KeyPath));
    }

    [Fact]
    public void Every_command_answers_programs_with_the_same_object_and_no_key()
    {
        var other = Path.Combine(_directory, "other");

        Run("new");
        File.Copy(KeyPath, other);
        Run("new", "--file", other);
        JsonElement[] answers = [Json("add", other), Json("new"), Json("use", "2"), Json("use", "2"), Json("remove", "1"), Json("list")];

        Assert.Equal(["2", "3", "2", "", "1", ""], answers.Select(one => string.Join(',', one.GetProperty("changed").EnumerateArray())));
        Assert.Equal([1, 1, 2, 2, 2, 2], answers.Select(one => one.GetProperty("current").GetInt32()));
        var left = answers[^1].GetProperty("keys");
        Assert.Equal([(2, true), (3, false)], left.EnumerateArray().Select(one => (one.GetProperty("key").GetInt32(), one.GetProperty("inUse").GetBoolean())));
        Assert.Equal(["key", "fingerprint", "made", "inUse"], left[0].EnumerateObject().Select(one => one.Name));
        Assert.DoesNotContain(File.ReadAllLines(KeyPath)[1].Split(' ')[1][..16], left.ToString(), StringComparison.Ordinal);

        JsonElement Json(params string[] arguments) => JsonDocument.Parse(Assert.Single(Run([.. arguments, "--json"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
    }

    [Fact]
    public void Without_a_file_the_way_out_is_named()
    {
        var refused = Run("list");

        Assert.Equal(1, refused.Code);
        Assert.Contains("chirps keys new", refused.Error, StringComparison.Ordinal);
    }

    private IEnumerable<string> States() => Run("list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("  ")[^1].Trim());

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = arguments.Contains("--file") ? arguments : [.. arguments, "--file", KeyPath];
        var code = KeysCommand.Make().Parse(all).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
