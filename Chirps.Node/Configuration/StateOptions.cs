using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>Section <c>Chirps:State</c>: the key-values that each node shares with all.</summary>
public sealed class StateOptions
{
    /// <inheritdoc cref="StateSettings.ValueBytesMax" />
    [Between(1, 1 << 20)]
    public int ValueBytesMax { get; set; } = 65_536;

    /// <inheritdoc cref="StateSettings.NodeBytesMax" />
    [Between(1024, 64 << 20)]
    public int NodeBytesMax { get; set; } = 1 << 20;

    /// <summary>What the key-values of all nodes together may take, in bytes; what exceeds it is not accepted and counted.</summary>
    /// <value>256 MiB.</value>
    [Between(1024, int.MaxValue)]
    public int TotalBytesMax { get; set; } = 256 << 20;

    /// <inheritdoc cref="StateSettings.Interval" />
    [Between("1ms", "30d")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="StateSettings.Fanout" />
    [Between(1, 16)]
    public int Fanout { get; set; } = 3;

    /// <inheritdoc cref="StateSettings.KeyGrace" />
    [Between("1ms", "30d")]
    public TimeSpan KeyGrace { get; set; } = TimeSpan.FromMinutes(15);

    /// <inheritdoc cref="StateSettings.DeadGrace" />
    [Between("1ms", "30d")]
    public TimeSpan DeadGrace { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Changes that wait for one watcher; when more come, the next one it gets says that some are missing.</summary>
    /// <value>4,096.</value>
    [Between(1, 1 << 20)]
    public int Feed { get; set; } = 4096;

    /// <summary>A node counts as ready once it has this key. Empty: every present node is ready.</summary>
    public string ReadyKey { get; set; } = "";

    /// <summary>Key-values this node has from its start, <c>key=value</c> each.</summary>
    public IList<string> Initial { get; set; } = [];

    /// <summary>The engine's settings.</summary>
    internal StateSettings ToSettings() => new()
    {
        ValueBytesMax = ValueBytesMax,
        NodeBytesMax = NodeBytesMax,
        TotalBytesMax = TotalBytesMax,
        Interval = Interval,
        Fanout = Fanout,
        KeyGrace = KeyGrace,
        DeadGrace = DeadGrace,
        TransferBytesMax = Math.Max(new StateSettings().TransferBytesMax, ValueBytesMax + 1024),
        IsReady = ReadyKey.Length == 0 ? null : view => view.Find(ReadyKey) is not null,
    };
}
