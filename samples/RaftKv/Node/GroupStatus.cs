using RaftKv.Core;

namespace RaftKv.Node;

/// <summary>A replica as it is, for display.</summary>
internal sealed record GroupStatus(ulong Group, RaftRole Role, ulong Term, string Leader, ulong Commit, ulong Applied, ulong Last, ulong Snapshot, int Keys, string Voters, int Restored);
