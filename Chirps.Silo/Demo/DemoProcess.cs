using System.Diagnostics;
using Chirps.Silo.Commands;

namespace Chirps.Silo.Demo;

/// <summary>A process of a demo: started until it says that it is ready, its output kept in a file, killed at the end.</summary>
internal sealed class DemoProcess(string name, string logPath, string program) : IDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly Lock _writing = new();
    private Process? _process;
    private StreamWriter? _log;

    public string LogPath => logPath;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts the process and waits until it says that it is ready.</summary>
    /// <returns>The fields of the line that says so.</returns>
    public async Task<IReadOnlyDictionary<string, string>> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _log ??= new StreamWriter(logPath, append: false) { AutoFlush = true };
        var process = new Process { StartInfo = StartInfo(arguments), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Take(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new DemoException($"{name} ended before it was ready; see {logPath}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process?.Dispose();
        _process = process;
        return (await ready.Task.WaitAsync(_startTimeout, cancellationToken))[RunCommand.ReadyMark.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    /// <summary>SIGKILL: the process gets no chance to say anything.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        lock (_writing)
        {
            _log?.Dispose();
            _log = null;
        }
    }

    private ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            // Its end tells the process that this one is gone, however it went.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(logPath),
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(program);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private void Take(string? line, TaskCompletionSource<string> ready)
    {
        if (line is null)
        {
            return;
        }

        lock (_writing)
        {
            _log?.WriteLine(line);
        }

        if (line.StartsWith(RunCommand.ReadyMark, StringComparison.Ordinal))
        {
            ready.TrySetResult(line);
        }
    }
}
