using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Certs;

namespace Chirps.Tests.Silo;

/// <summary><c>chirps certs</c> as it is typed: what it says, where, and its exit code.</summary>
public sealed class CertsCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-certs-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_authority_is_made_once_and_overwritten_only_by_force()
    {
        Assert.Equal(0, Run("init").Code);

        var again = Run("init");

        Assert.Equal((1, ""), (again.Code, again.Output));
        Assert.Contains("an authority is there already", again.Error, StringComparison.Ordinal);
        Assert.Equal(0, Run("init", "--force").Code);
    }

    [Fact]
    public void Issuing_names_the_files_of_each_node()
    {
        Run("init");

        var issued = Run("issue", "node-1", "node-2", "--cluster", "prod");

        Assert.Equal(0, issued.Code);
        Assert.Equal(2, issued.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"{Path.Combine(_directory, "node-2.crt")}  {Path.Combine(_directory, "node-2.key")}  {Path.Combine(_directory, "ca.crt")}", issued.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_authority_nothing_is_issued_and_the_way_out_is_named()
    {
        var refused = Run("issue", "node-1");

        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.Contains("'chirps certs init'", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("init", "--force", "--name", "a\nb")]
    [InlineData("init", "--force", "--name", "")]
    [InlineData("rotate", "--authority", "--name", " ")]
    [InlineData("issue")]
    [InlineData("issue", "no spaces")]
    [InlineData("issue", "a", "--days", "0")]
    [InlineData("issue", "a", "--ip", "10.0.0")]
    [InlineData("issue", "a", "--dns", "no dns")]
    [InlineData("issue", "a", "b", "--ip", "10.0.0.1")]
    [InlineData("rotate")]
    [InlineData("rotate", "a", "--all")]
    [InlineData("rotate", "a", "--authority")]
    [InlineData("rotate", "a", "--distributed")]
    [InlineData("node-1")]
    public void What_makes_no_sense_is_refused_before_anything_is_done(params string[] arguments)
    {
        Run("init");

        Assert.Equal(1, Run(arguments).Code);

        Assert.Equal(["ca.crt"], Directory.GetFiles(_directory, "*.crt").Select(Path.GetFileName));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_ends_with_code_2()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");

        var failed = Run("init", "--directory", Path.Combine(file, "below"));

        Assert.Equal(2, failed.Code);
        Assert.Contains(file, failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_change_of_the_authority_says_its_stage_what_to_distribute_and_how_to_go_on()
    {
        Run("init");
        Run("issue", "node-1");

        var first = Run("rotate", "--authority");
        var hasty = Run("rotate", "--authority");
        var second = Run("rotate", "--authority", "--distributed");
        var third = Run("rotate", "--authority", "--distributed");

        Assert.Equal((0, 1, 0, 0), (first.Code, hasty.Code, second.Code, third.Code));
        Assert.Contains("Stage 1 of 3", first.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_directory, "ca.crt"), first.Output, StringComparison.Ordinal);
        Assert.Contains("--distributed", hasty.Error, StringComparison.Ordinal);
        Assert.Contains("Stage 2 of 3", second.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_directory, "node-1.key"), second.Output, StringComparison.Ordinal);
        Assert.Contains("Stage 3 of 3", third.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_marks_what_needs_care_in_words()
    {
        Run("init", "--name", "My [authority]");
        Run("issue", "node-1");
        File.Delete(Path.Combine(_directory, "node-1.key"));

        var shown = Run("show");

        Assert.Equal(0, shown.Code);
        Assert.Contains("My [authority]", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"{CertificateTable.WarningMark} node-1: its key is not here", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nodes_own_directory_is_listed_without_the_key_of_the_authority()
    {
        Run("init");
        Run("issue", "node-1");
        File.Delete(Path.Combine(_directory, "ca.key"));

        var shown = Run("show");

        Assert.Equal(0, shown.Code);
        Assert.Contains("node-1", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(CertificateTable.WarningMark, shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_certificates_is_named()
    {
        var shown = Run("show", "--directory", Path.Combine(_directory, "nowhere"));

        Assert.Equal(1, shown.Code);
        Assert.Contains("nowhere", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_as_json_has_every_certificate()
    {
        Run("init");
        Run("issue", "node-1", "--cluster", "prod", "--days", "7", "--ip", "10.0.0.1");

        var certificates = JsonDocument.Parse(Run("show", "--json").Output).RootElement.GetProperty("certificates");

        Assert.Equal(["authority", "node"], certificates.EnumerateArray().Select(one => one.GetProperty("kind").GetString()));
        var node = certificates[1];
        Assert.Equal(("prod", "node-1", 6), (node.GetProperty("cluster").GetString(), node.GetProperty("node").GetString(), node.GetProperty("daysLeft").GetInt32()));
        Assert.Equal("10.0.0.1", node.GetProperty("ip")[0].GetString());
        Assert.Equal(64, node.GetProperty("sha256").GetString()!.Length);
    }

    [Fact]
    public void Every_command_answers_programs_with_one_object_in_one_line()
    {
        var init = Json("init", "--name", "ours");
        var issued = Json("issue", "node-1", "node-2").GetProperty("issued");
        var rotated = Json("rotate", "node-2").GetProperty("issued");
        var first = Json("rotate", "--authority", "--name", "new");
        var second = Json("rotate", "--authority", "--distributed");
        var third = Json("rotate", "--authority", "--distributed");
        var shown = Json("show");

        Assert.Equal(("ours", Path.Combine(_directory, "ca.crt"), Path.Combine(_directory, "ca.key")), (Text(init, "name"), Text(init, "caPath"), Text(init, "caKeyPath")));
        Assert.Equal(["node-1", "node-2"], issued.EnumerateArray().Select(one => Text(one, "node")));
        Assert.Equal(
            (Path.Combine(_directory, "node-2.crt"), Path.Combine(_directory, "node-2.key"), Path.Combine(_directory, "ca.crt")),
            (Text(rotated[0], "certPath"), Text(rotated[0], "keyPath"), Text(rotated[0], "caPath")));
        Assert.Equal([(1, "Announced"), (2, "Issuing"), (3, "Settled")], new[] { first, second, third }.Select(step => (step.GetProperty("done").GetInt32(), Text(step, "stage"))));
        Assert.Equal(("ours", "new"), (Text(first, "old"), Text(first, "new")));
        Assert.Equal([Path.Combine(_directory, "ca.crt")], third.GetProperty("distribute").EnumerateArray().Select(file => file.GetString()));
        Assert.Equal(3, shown.GetProperty("certificates").GetArrayLength());

        JsonElement Json(params string[] arguments) => JsonDocument.Parse(Assert.Single(Run([.. arguments, "--json"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
    }

    [Fact]
    public void Every_node_is_rotated_at_once()
    {
        Run("init");
        Run("issue", "node-1", "node-2");
        var before = File.ReadAllText(Path.Combine(_directory, "node-2.crt"));

        Assert.Equal(0, Run("rotate", "--all").Code);

        Assert.NotEqual(before, File.ReadAllText(Path.Combine(_directory, "node-2.crt")));
    }

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = arguments.Contains("--directory") ? arguments : [.. arguments, "--directory", _directory];
        var code = CertsCommand.Make().Parse(all).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
