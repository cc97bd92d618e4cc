using System.CommandLine;

namespace Chirps.Silo.Commands;

/// <summary>The commands that need the sources: the script <c>chirps</c> of a checkout runs them, the program itself says so.</summary>
internal static class CheckoutCommands
{
    public static Command MakeTest() => Make("test", "Build and run all tests (from a checkout: ./chirps test)");

    public static Command MakeBench() => Make("bench", "Build and run the benchmarks (from a checkout: ./chirps bench)");

    private static Command Make(string name, string description)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Error.WriteLine($"chirps {name}: this needs the sources; in a checkout it is ./chirps {name}");
            return ExitCode.Usage;
        });
        return command;
    }
}
