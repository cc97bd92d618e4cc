namespace Orleans.Runtime;

/// <summary>Values that travel with calls, from caller to callee and on, never back.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#RC_reentrancy";
    private static readonly AsyncLocal<Dictionary<string, object>?> _values = new();

    public static IEnumerable<string> Keys => Entries.Select(static entry => entry.Key);

    public static IEnumerable<KeyValuePair<string, object>> Entries => _values.Value?.Where(static entry => entry.Key != ReentrancyKey) ?? [];

    /// <summary>The values as they are now. The dictionary is never changed once it is here.</summary>
    internal static Dictionary<string, object>? Snapshot
    {
        get => _values.Value;
        set
        {
            if (!ReferenceEquals(_values.Value, value))
            {
                _values.Value = value;
            }
        }
    }

    public static object? Get(string key) => _values.Value?.GetValueOrDefault(key);

    public static void Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(key);
        _values.Value = _values.Value is { } values ? new(values) { [key] = value } : new() { [key] = value };
    }

    public static bool Remove(string key)
    {
        if (_values.Value is not { } values || !values.ContainsKey(key))
        {
            return false;
        }

        Dictionary<string, object> rest = new(values);
        _ = rest.Remove(key);
        _values.Value = rest.Count == 0 ? null : rest;
        return true;
    }

    public static void Clear() => _values.Value = null;

    /// <summary>Lets calls made from here come back to the calling grain while its request still runs.</summary>
    public static ReentrancySection AllowCallChainReentrancy() => new(Guid.NewGuid());

    public static ReentrancySection SuppressCallChainReentrancy() => new(Guid.Empty);

    internal static Guid ReentrancyOf(Dictionary<string, object>? values)
        => values is not null && values.TryGetValue(ReentrancyKey, out var id) ? (Guid)id : Guid.Empty;

    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _previous;
        private readonly Guid _mine;
        private readonly StandIn.Activation? _activation;

        internal ReentrancySection(Guid id)
        {
            _previous = ReentrancyOf(Snapshot);
            _mine = id;
            _activation = StandIn.SerialScheduler.CurrentActivation;
            _activation?.EnterReentrancy(id);
            Replace(id);
        }

        public void Dispose()
        {
            _activation?.LeaveReentrancy(_mine);
            Replace(_previous);
        }

        private static void Replace(Guid id)
        {
            if (id == Guid.Empty)
            {
                _ = Remove(ReentrancyKey);
            }
            else
            {
                Set(ReentrancyKey, id);
            }
        }
    }
}
