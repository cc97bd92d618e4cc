using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>The addresses to join through, and when to try which.</summary>
/// <remarks>Exponential backoff with jitter, so that a cluster starting at once does not beat in step.</remarks>
/// <param name="settings">The settings.</param>
/// <param name="random">Chance.</param>
internal sealed class Seeds(SwimSettings settings, SeededRandom random)
{
    /// <summary>How many seeds are asked in one attempt.</summary>
    public const int PerAttempt = 3;

    /// <summary>How many seeds are kept; the oldest make room.</summary>
    public const int AddressesMax = 64;

    private readonly List<MemberAddress> _addresses = [];
    private int _cursor;
    private int _attempts;

    /// <summary>How many seeds there are.</summary>
    public int Count => _addresses.Count;

    /// <summary>All seeds, in the order they are tried.</summary>
    public IReadOnlyList<MemberAddress> Addresses => _addresses;

    /// <summary>Adds seeds, without repeating one and without this node itself, and begins the backoff anew.</summary>
    /// <returns>Whether there was a new one.</returns>
    public bool Add(IReadOnlyList<MemberAddress> addresses, MemberAddress self)
    {
        var before = _addresses.Count;
        foreach (var address in addresses)
        {
            if (!address.IsDefault && address != self && !_addresses.Contains(address))
            {
                _addresses.Add(address);
            }
        }

        if (_addresses.Count > AddressesMax)
        {
            // Addresses that a name server has replaced long ago must not pile up.
            var surplus = _addresses.Count - AddressesMax;
            _addresses.RemoveRange(0, surplus);
            before = Math.Max(0, before - surplus);
        }

        _attempts = 0;
        _cursor = before;
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_addresses)[before..]);
        return _addresses.Count > before;
    }

    /// <summary>The next seed to ask, round robin.</summary>
    public MemberAddress Next()
    {
        _cursor = _cursor >= _addresses.Count ? 0 : _cursor;
        return _addresses[_cursor++];
    }

    /// <summary>How long to wait for an answer to the attempt just made.</summary>
    public TimeSpan NextDelay()
    {
        var doubled = settings.JoinRetry * Math.Pow(2, Math.Min(_attempts++, 16));
        var delay = doubled < settings.JoinRetryMax ? doubled : settings.JoinRetryMax;
        return delay + random.NextDuration(delay / 2);
    }
}
