using System.Runtime.InteropServices;

namespace Chirps.Benchmarks.Loopback;

/// <summary>Where the figures come from.</summary>
internal static class Machine
{
    private const string LoadFile = "/proc/loadavg";

    public static void Print()
    {
        var load = File.Exists(LoadFile) ? $", load {string.Join(' ', File.ReadAllText(LoadFile).Split(' ')[..3])}" : "";
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB{load}");
    }
}
