using System.CommandLine;

namespace Chirps.Silo.Commands.Iggy;

/// <summary>What concerns durable messages by themselves, without a mesh.</summary>
internal static class IggyCommands
{
    public static Command Make() => new("iggy", "Durable messages by themselves: a server of Iggy's protocol") { ServeCommand.Make() };
}
