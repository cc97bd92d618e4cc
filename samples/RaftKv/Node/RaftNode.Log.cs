using Chirps.Engine.Membership;

namespace RaftKv.Node;

/// <content>What an operator would act on.</content>
internal sealed partial class RaftNode
{
    [LoggerMessage(1, LogLevel.Critical, "The disk failed: this node takes no part any more, and its process ends")]
    private partial void LogDiskFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Bytes} bytes at the end of the log in {Directory} were being written when the process, or the machine, stopped, and were cut off; nobody was told that they are stored")]
    private partial void LogTorn(long bytes, string directory);

    [LoggerMessage(3, LogLevel.Error, "Group {Group}: a message to {Peer} of {Bytes} bytes is longer than the mesh takes, and {Peer} cannot follow; Chirps:Limits:ControlBytes must be at least as large as when the entry was made")]
    private partial void LogTooLarge(ulong group, MemberId peer, int bytes);
}
