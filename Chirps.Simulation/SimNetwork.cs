using Chirps.Engine.Time;

namespace Chirps.Simulation;

/// <summary>Decides what becomes of each datagram: lost, delayed, doubled, or cut off by a partition.</summary>
/// <param name="random">Chance.</param>
public sealed class SimNetwork(SeededRandom random)
{
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly HashSet<int> _lossy = [];

    /// <summary>How links behave that are not cut.</summary>
    public SimLink Link { get; set; } = SimLink.Healthy;

    /// <summary>Extra loss of datagrams from or to chosen nodes, 0 to 1.</summary>
    public double LossAtLossyNodes { get; set; }

    /// <summary>Datagrams carried.</summary>
    public long Delivered { get; private set; }

    /// <summary>Datagrams lost, partitions included.</summary>
    public long Lost { get; private set; }

    /// <summary>Whether nothing is cut, lost or doubled now.</summary>
    public bool IsHealthy => _cut.Count == 0 && _lossy.Count == 0 && Link == SimLink.Healthy;

    /// <summary>Cuts one direction between two nodes.</summary>
    /// <param name="from">The sending node.</param>
    /// <param name="to">The receiving node.</param>
    public void Cut(int from, int to) => _cut.Add((from, to));

    /// <summary>Whether one direction between two nodes is cut.</summary>
    /// <param name="from">The sending node.</param>
    /// <param name="to">The receiving node.</param>
    /// <returns>Whether it is.</returns>
    public bool IsCut(int from, int to) => _cut.Contains((from, to));

    /// <summary>Makes a node lose more than others.</summary>
    /// <param name="node">The node.</param>
    public void MakeLossy(int node) => _lossy.Add(node);

    /// <summary>Repairs everything.</summary>
    public void Heal()
    {
        _cut.Clear();
        _lossy.Clear();
        Link = SimLink.Healthy;
    }

    /// <summary>Decides about one datagram.</summary>
    /// <param name="from">The sending node.</param>
    /// <param name="to">The receiving node.</param>
    /// <param name="delays">Where to put the delay of each copy, two at most.</param>
    /// <returns>How many copies arrive.</returns>
    public int Route(int from, int to, Span<TimeSpan> delays)
    {
        var lossy = (_lossy.Contains(from) || _lossy.Contains(to)) && random.NextDouble() < LossAtLossyNodes;
        if (lossy || _cut.Contains((from, to)) || (Link.Loss > 0 && random.NextDouble() < Link.Loss))
        {
            Lost++;
            return 0;
        }

        var copies = Link.Duplication > 0 && random.NextDouble() < Link.Duplication ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            delays[copy] = Link.Delay + random.NextDuration(Link.Jitter);
        }

        Delivered += copies;
        return copies;
    }
}
