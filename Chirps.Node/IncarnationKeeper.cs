using Chirps.Engine.Membership;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <summary>Keeps the incarnation of the running process on disk, beside its generation.</summary>
/// <remarks>Written behind the caller's back, the newest only: a refutation does not wait for a disk, and one that a crash loses costs no more than another refutation.</remarks>
internal sealed partial class IncarnationKeeper(string directory, MemberId node, ILogger logger) : IDisposable
{
    private readonly Lock _writing = new();
    private Member? _newest;
    private bool _closed;

    /// <summary>Keeps it soon. Any thread; calls must come in the order of the incarnations.</summary>
    public void Keep(Member self)
    {
        Volatile.Write(ref _newest, self);
        ThreadPool.UnsafeQueueUserWorkItem(static keeper => keeper.Write(), this, preferLocal: false);
    }

    /// <summary>Writes what is not written yet; nothing is written after that.</summary>
    public void Dispose()
    {
        Write();
        lock (_writing)
        {
            _closed = true;
        }
    }

    private void Write()
    {
        lock (_writing)
        {
            if (_closed || Interlocked.Exchange(ref _newest, null) is not { } self)
            {
                return;
            }

            try
            {
                NodeIdentity.Keep(directory, node, self.Generation, self.Incarnation);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogNotKept(logger, exception.Message);
            }
        }
    }

    [LoggerMessage(2031, LogLevel.Warning, "The incarnation could not be kept for the next start: {Problem}")]
    private static partial void LogNotKept(ILogger logger, string problem);
}
