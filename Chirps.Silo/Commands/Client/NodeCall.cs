using System.CommandLine;
using System.Text.Json;

namespace Chirps.Silo.Commands.Client;

/// <summary>One run of a command against a node: what was typed, the node, and where the answer goes.</summary>
/// <param name="parsed">What was typed.</param>
/// <param name="node">The node.</param>
/// <param name="json">Whether programs read the answer.</param>
internal sealed class NodeCall(ParseResult parsed, NodeClient node, bool json)
{
    /// <summary>The node.</summary>
    public NodeClient Node => node;

    /// <summary>Whether the answer is JSON.</summary>
    public bool Json => json;

    /// <summary>Where the answer goes.</summary>
    public TextWriter Output => parsed.InvocationConfiguration.Output;

    /// <summary>Where remarks go that are no part of the answer.</summary>
    public TextWriter Error => parsed.InvocationConfiguration.Error;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>Writes one line of JSON.</summary>
    public void WriteJson<T>(T value)
    {
        Output.WriteLine(JsonSerializer.Serialize(value, NodeClient.Json));
        Output.Flush();
    }

    /// <summary>Writes what the node answered, as one line of JSON.</summary>
    public void WriteRaw(JsonElement value)
    {
        Output.WriteLine(JsonSerializer.Serialize(value, NodeClient.Json));
        Output.Flush();
    }

    /// <summary>Writes one line for people.</summary>
    public void WriteLine(string line)
    {
        Output.WriteLine(line);
        Output.Flush();
    }
}
