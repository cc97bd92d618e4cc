using System.Globalization;
using System.Text;
using Chirps.Engine.Time;

namespace Chirps.Simulation;

/// <summary>What happened in a run: a hash over everything and the text of the last entries.</summary>
/// <remarks>Equal seeds give equal hashes; a difference means that something outside the seed decided.</remarks>
public sealed class SimTrace
{
    /// <summary>How many entries are kept as text.</summary>
    public const int TailLength = 60;

    private readonly Queue<(MeshInstant At, string Node, string Text)> _tail = new();

    /// <summary>Hash of all that was recorded.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    /// <summary>How many entries were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records bytes that crossed the network; only the hash keeps them.</summary>
    /// <param name="at">When.</param>
    /// <param name="from">The sending node.</param>
    /// <param name="to">The receiving node.</param>
    /// <param name="datagram">The bytes.</param>
    public void Datagram(MeshInstant at, int from, int to, ReadOnlySpan<byte> datagram)
    {
        Count++;
        Mix((ulong)at.Nanoseconds);
        Mix(((ulong)(uint)from << 32) | (uint)to);
        foreach (var value in datagram)
        {
            Hash = (Hash ^ value) * 1099511628211UL;
        }
    }

    /// <summary>Records something worth reading.</summary>
    /// <param name="at">When.</param>
    /// <param name="node">Where.</param>
    /// <param name="text">What.</param>
    public void Note(MeshInstant at, string node, string text)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(text);
        Count++;
        Mix((ulong)at.Nanoseconds);
        foreach (var letter in node)
        {
            Mix(letter);
        }

        foreach (var letter in text)
        {
            Mix(letter);
        }

        if (_tail.Count == TailLength)
        {
            _tail.Dequeue();
        }

        _tail.Enqueue((at, node, text));
    }

    /// <summary>The last entries, one a line.</summary>
    /// <returns>The text.</returns>
    public string Tail()
    {
        var text = new StringBuilder();
        foreach (var (at, node, entry) in _tail)
        {
            text.Append(CultureInfo.InvariantCulture, $"{at} {node} {entry}\n");
        }

        return text.ToString();
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1099511628211UL;
}
