using Chirps.Node.Credentials;

namespace Chirps.Node;

/// <summary>Looks at files again and again: at an interval, and soon after the system reports a change.</summary>
/// <remarks>Looks exclude each other. Disposing waits for a look under way.</remarks>
public sealed class FileWatch : IDisposable
{
    private readonly SettlingWatch _watch;

    /// <summary>Starts to watch.</summary>
    /// <param name="files">The files.</param>
    /// <param name="interval">How often to look when nothing is reported.</param>
    /// <param name="settleTime">How long after something new to look again.</param>
    /// <param name="look">Looks, and returns whether it saw something new. Must not throw.</param>
    /// <param name="clock">For the timer.</param>
    public FileWatch(IEnumerable<string> files, TimeSpan interval, TimeSpan settleTime, Func<bool> look, TimeProvider clock)
        => _watch = new SettlingWatch(files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!).Distinct(), interval, settleTime, look, clock);

    /// <inheritdoc />
    public void Dispose() => _watch.Dispose();
}
