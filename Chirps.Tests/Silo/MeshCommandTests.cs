using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Chirps.Silo.Commands;
using Chirps.Silo.Commands.Client;
using Chirps.Tests.Node;

namespace Chirps.Tests.Silo;

/// <summary>Commands as they are typed, against a real node: what they say, where, and the exit code.</summary>
public sealed class MeshCommandTests : IAsyncLifetime
{
    private readonly RunningSilo _silo = new();

    public Task InitializeAsync() => _silo.StartAsync();

    public Task DisposeAsync() => _silo.DisposeAsync().AsTask();

    [Fact]
    public async Task Members_are_a_table_for_people_and_one_object_for_programs()
    {
        var table = await _silo.RunAsync("members");
        var json = (await _silo.RunAsync("members", "--json")).Json;

        Assert.Equal(ExitCode.Ok, table.Code);
        Assert.StartsWith("NODE   STATE  ADDRESS", table.Output, StringComparison.Ordinal);
        Assert.StartsWith("solo*  Alive  127.0.0.1:", table.Lines[1], StringComparison.Ordinal);
        Assert.Equal(("solo", "chirps", true), (json.GetProperty("node").GetString(), json.GetProperty("cluster").GetString(), json.GetProperty("joined").GetBoolean()));
        var member = Assert.Single(json.GetProperty("members").EnumerateArray());
        Assert.Equal(["id", "isSelf", "state", "address", "generation", "incarnation", "since", "rttMilliseconds", "phi", "link", "accusedBy"], member.EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task A_send_says_what_became_of_the_message_in_words_json_and_exit_code()
    {
        var good = await _silo.RunAsync("send", "solo", "hi", "-t", "t", "-p", "Ephemeral");
        var json = await _silo.RunAsync("send", "nobody", "hi", "--topic", "t", "--json");
        var bad = await _silo.RunAsync("send", "nobody", "hi", "--topic", "t");

        Assert.Equal(ExitCode.Ok, good.Code);
        Assert.StartsWith("Sent in ", good.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Negative, ExitCode.Negative), (bad.Code, json.Code));
        Assert.Contains("no member has this name", bad.Output, StringComparison.Ordinal);
        Assert.Equal(("Rejected", "UnknownNode"), (json.Json.GetProperty("outcome").GetString(), json.Json.GetProperty("reason").GetString()));
        Assert.Equal(
            ["target", "topic", "profile", "outcome", "reason", "messageId", "offset", "latencyMilliseconds", "outcomes"], json.Json.EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task A_file_is_sent_byte_for_byte_and_a_subscriber_sees_it()
    {
        var file = Path.Combine(_silo.Directory, "payload");
        await File.WriteAllBytesAsync(file, [0xff, 0x00, 0x41]);
        var subscribed = Follow("subscribe", "bytes", "--json", "--count", "1");
        await subscribed.Begun;

        await _silo.RunAsync("send", "solo", "--topic", "bytes", "--file", file);
        var code = await subscribed.Ended;

        Assert.Equal(ExitCode.Ok, code);
        var message = JsonDocument.Parse(subscribed.Output).RootElement;
        Assert.Equal(("/wBB", JsonValueKind.Null, "solo"), (message.GetProperty("base64").GetString(), message.GetProperty("text").ValueKind, message.GetProperty("from").GetString()));
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("subscribe", "t")]
    [InlineData("state", "watch")]
    public async Task Ctrl_C_ends_what_follows_a_stream_with_0(params string[] arguments)
    {
        var following = Follow(arguments);
        await following.Begun;

        following.Interrupt();

        Assert.Equal(ExitCode.Ok, await following.Ended);
    }

    [Fact]
    public async Task Key_values_are_written_read_watched_and_deleted()
    {
        var watching = Follow("state", "watch", "role/", "--json", "--count", "2");
        await watching.Begun;

        var set = await _silo.RunAsync("state", "set", "role/leader", "yes", "--ttl", "1h");
        var get = await _silo.RunAsync("state", "get", "role/leader");
        var list = await _silo.RunAsync("state", "list", "--of", "solo");
        var delete = await _silo.RunAsync("state", "delete", "role/leader", "--json");
        var gone = await _silo.RunAsync("state", "get", "role/leader");

        Assert.Equal((0, "yes\n", 0, 0), (set.Code, get.Output.ReplaceLineEndings("\n"), list.Code, delete.Code));
        Assert.Contains("role/leader", list.Output, StringComparison.Ordinal);
        Assert.Equal("Written", delete.Json.GetProperty("outcome").GetString());
        Assert.Equal((ExitCode.Negative, ""), (gone.Code, gone.Output));
        Assert.Contains("chirps state list", gone.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await watching.Ended);
        Assert.Equal(["Set", "Deleted"], watching.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_broadcast_that_reaches_nobody_is_no_success()
    {
        var alone = await _silo.RunAsync("broadcast", "hi", "-t", "t", "--json");

        Assert.Equal(ExitCode.Negative, alone.Code);
        Assert.Empty(alone.Json.GetProperty("members").EnumerateArray());
    }

    [Fact]
    public async Task A_node_that_has_left_says_so()
    {
        var left = await _silo.RunAsync("leave", "--json");
        var members = await _silo.RunAsync("members");

        Assert.Equal((0, "solo"), (left.Code, left.Json.GetProperty("node").GetString()));
        Assert.Contains("solo has not joined", members.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_exit_code_3_and_one_line_that_says_what_to_do()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var none = await RunningSilo.TypeAsync(CancellationToken.None, "members", "--node", $"127.0.0.1:{port}");

        Assert.Equal((ExitCode.Unreachable, ""), (none.Code, none.Output));
        Assert.Contains($"no node answers at http://127.0.0.1:{port}/", Assert.Single(none.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(NodeAccess.AddressVariable, none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no command 'mebers'. Did you mean 'members'?", "mebers")]
    [InlineData("there is no option '--jsn' here. Did you mean '--json'?", "members", "--jsn")]
    [InlineData("Option '--topic' is required", "send", "solo", "hi")]
    [InlineData("1ms to 10m, not '5'", "send", "solo", "hi", "-t", "t", "--deadline", "5")]
    [InlineData("urgent, bulk", "send", "solo", "hi", "-t", "t", "--lane", "fast")]
    [InlineData("one of them", "send", "solo", "hi", "-t", "t", "--file", "x")]
    [InlineData("is no name of a member", "send", "no spaces", "hi", "-t", "t")]
    [InlineData("is no address of a node", "members", "--node", "ftp://x")]
    [InlineData("--token-file", "members", "--token-file", "does-not-exist")]
    [InlineData("--ca", "members", "--ca", "does-not-exist")]
    [InlineData("A command is missing", "state")]
    [InlineData("at least 1", "watch", "--count", "0")]
    [InlineData("./chirps bench", "bench")]
    [InlineData("--Chirps:", "run", "--Chrips:Mesh:NodeId=a")]
    public async Task What_makes_no_sense_is_exit_code_2_and_says_what_would_do(string error, params string[] arguments)
    {
        var typed = await RunningSilo.TypeAsync(CancellationToken.None, arguments);

        Assert.Equal((ExitCode.Usage, ""), (typed.Code, typed.Output));
        Assert.Contains(error, typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--profile takes Control, Ephemeral or Durable, not 'Foo'.", "send", "solo", "hi", "-t", "t", "-p", "Foo")]
    [InlineData("--profile takes Control, Ephemeral or Durable, not '7'.", "broadcast", "hi", "-t", "t", "-p", "7")]
    [InlineData("--durability takes Fsync, Interval or None, not 'Foo'.", "iggy", "serve", "--durability", "Foo")]
    [InlineData("shell takes bash, zsh or fish, not 'tcsh'.", "completion", "tcsh")]
    [InlineData("--id takes a UUID, not 'foo'.", "send", "solo", "hi", "-t", "t", "--id", "foo")]
    [InlineData("--count takes a whole number, not 'x'.", "send", "solo", "hi", "-t", "t", "--count", "x")]
    [InlineData("--max takes a whole number, not 'x'.", "lag", "orders", "--max", "x")]
    [InlineData("--partition takes a whole number, not 'x'.", "replay", "orders", "--partition", "x")]
    [InlineData("--token: that is no token", "members", "--token", "a\nb")]
    [InlineData("--token: that is no token", "members", "--token", "tökén")]
    [InlineData("--token: there is no token in it", "members", "--token", "")]
    [InlineData("--token-file: . is a directory", "members", "--token-file", ".")]
    [InlineData("--token-file takes a path", "members", "--token-file", "")]
    [InlineData("--ca takes a path", "members", "--ca", "")]
    [InlineData("--ca: . is a directory", "members", "--ca", ".")]
    [InlineData("--file takes a path", "send", "solo", "-t", "t", "--file", "")]
    [InlineData("--file: . is a directory", "send", "solo", "-t", "t", "--file", ".")]
    [InlineData("--config takes a path", "config", "show", "--config", "")]
    [InlineData("--directory takes a path", "certs", "show", "--directory", "")]
    [InlineData("from takes a path", "keys", "add", "")]
    [InlineData("--password-file: . is a directory", "iggy", "serve", "--password-file", ".")]
    [InlineData("'no de' is no name of a member", "send", "no\nde", "hi", "-t", "t")]
    [InlineData("'a [31mb' is no address of a node", "members", "--node", "a\u001b[31mb")]
    [InlineData("only scheme, host and port are used: http://127.0.0.1:1;", "members", "--node", "http://127.0.0.1:1/prefix")]
    [InlineData("only scheme, host and port are used: http://127.0.0.1:1;", "members", "--node", "http://me:s3cret@127.0.0.1:1")]
    public async Task What_cannot_be_meant_is_one_line_with_what_would_do_and_exit_code_2(string error, params string[] arguments)
    {
        var typed = await RunningSilo.TypeAsync(CancellationToken.None, arguments);

        Assert.Equal((ExitCode.Usage, ""), (typed.Code, typed.Output));
        Assert.Contains(error, typed.ErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(typed.ErrorLine, char.IsControl);
    }

    [Fact]
    public async Task What_others_named_is_shown_in_one_line_without_control_characters()
    {
        var set = await _silo.RunAsync("state", "set", "k\n\u001b[31m", "v");
        var deleted = await _silo.RunAsync("state", "delete", "k\n\u001b[31m");
        var gone = await _silo.RunAsync("state", "delete", "k\n\u001b[31m");

        Assert.Equal("k  [31m: written; every node will have it.", Assert.Single(set.Lines).TrimEnd('\r'));
        Assert.Equal("k  [31m: deleted; every node will learn of it.", Assert.Single(deleted.Lines).TrimEnd('\r'));
        Assert.Equal("chirps: the node has no key 'k  [31m'", gone.ErrorLine);
    }

    [Fact]
    public async Task A_node_that_has_left_says_that_it_does_not_join_again()
    {
        var left = await _silo.RunAsync("leave", "--json");
        var joined = await _silo.RunAsync("join", "127.0.0.1:1");

        Assert.Equal((ExitCode.Ok, "solo", true), (left.Code, left.Json.GetProperty("node").GetString(), left.Json.GetProperty("left").GetBoolean()));
        Assert.Equal((ExitCode.Failed, ""), (joined.Code, joined.Output));
        Assert.Contains("leave", joined.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_that_only_the_node_can_see_is_exit_code_2_as_well()
    {
        var refused = await _silo.RunAsync("send", "solo", "hi", "-t", "t", "--lane", "9");

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("The lanes are", refused.Error, StringComparison.Ordinal);
    }

    private Following Follow(params string[] arguments) => new([.. arguments, "--node", _silo.Address]);

    /// <summary>A command that follows a stream, while it runs.</summary>
    private sealed class Following
    {
        private readonly CancellationTokenSource _interrupt = new(MeshFixture.Patience);
        private readonly StringWriter _output = new();
        private readonly BegunWriter _error = new();

        public Following(string[] arguments)
            => Ended = Task.Run(() => CommandTree.RunAsync(arguments, new InvocationConfiguration { Output = TextWriter.Synchronized(_output), Error = _error }, _interrupt.Token));

        public Task<int> Ended { get; }

        /// <summary>Ends when nothing is missed any more.</summary>
        public Task Begun => _error.Begun.Task.WaitAsync(MeshFixture.Patience);

        public string Output => _output.ToString();

        public void Interrupt() => _interrupt.Cancel();
    }

    private sealed class BegunWriter : StringWriter
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Begun.TrySetResult();
        }
    }
}
