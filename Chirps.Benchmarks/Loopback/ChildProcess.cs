using System.Diagnostics;

namespace Chirps.Benchmarks.Loopback;

/// <summary>This program in a second process, which answers each line of input with one line of fields.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Ready = "PEER ";

    private readonly Process _process;

    private ChildProcess(Process process, string[] fields)
    {
        _process = process;
        Fields = fields;
    }

    /// <summary>What the process said when it was ready.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>Starts the program with these arguments and waits until it is ready.</summary>
    public static async Task<ChildProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                return new ChildProcess(process, line[Ready.Length..].Split(' '));
            }
        }

        throw new InvalidOperationException("The other process ended before it was ready.");
    }

    /// <summary>In the other process: says that it is ready, then answers until its input ends.</summary>
    public static async Task ServeAsync(string fields, Func<string, Task<string>> answer)
    {
        Console.WriteLine(Ready + fields);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(await answer(line));
        }
    }

    /// <summary>Asks for one line of fields.</summary>
    public async Task<string[]> AskAsync(string line = "")
    {
        await _process.StandardInput.WriteLineAsync(line);
        return (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The other process has ended.")).Split(' ');
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
