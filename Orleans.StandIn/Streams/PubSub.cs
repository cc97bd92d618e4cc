using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Streams.StandIn;

/// <summary>Who is subscribed to what in this silo, and the providers that deliver it.</summary>
internal sealed class PubSub(SiloRuntime silo)
{
    private readonly ConcurrentDictionary<string, StreamProvider> _providers = new();
    private readonly Dictionary<(string Provider, StreamId Stream), List<Subscription>> _explicit = [];

    public void Add(StreamProvider provider) => _providers[provider.Name] = provider;

    public StreamProvider? Provider(string name) => _providers.GetValueOrDefault(name);

    public async Task SubscribeAsync(Subscription subscription)
    {
        lock (_explicit)
        {
            var key = (subscription.Provider, subscription.Stream);
            if (!_explicit.TryGetValue(key, out var list))
            {
                _explicit[key] = list = [];
            }

            list.Add(subscription);
        }

        await (Provider(subscription.Provider)?.Agents?.For(subscription.Stream).AddAsync(subscription) ?? Task.CompletedTask);
    }

    public async Task UnsubscribeAsync(Subscription subscription)
    {
        lock (_explicit)
        {
            var key = (subscription.Provider, subscription.Stream);
            if (_explicit.TryGetValue(key, out var list) && list.RemoveAll(s => s.Id == subscription.Id) > 0 && list.Count == 0)
            {
                _ = _explicit.Remove(key);
            }
        }

        await (Provider(subscription.Provider)?.Agents?.For(subscription.Stream).RemoveAsync(subscription) ?? Task.CompletedTask);
    }

    public bool Exists(Subscription subscription) => subscription.Implicit || Explicit(subscription.Provider, subscription.Stream).Any(s => s.Id == subscription.Id);

    public Subscription[] Explicit(string provider, StreamId stream)
    {
        lock (_explicit)
        {
            return _explicit.TryGetValue((provider, stream), out var list) ? [.. list] : [];
        }
    }

    /// <summary>One subscription per grain class that names the stream's namespace; its id is the same each time.</summary>
    public IEnumerable<Subscription> Implicit(string provider, StreamId stream)
        => silo.Classes.All
            .Where(c => c.ImplicitNamespaces.Contains(stream.GetNamespace()))
            .Select(c => new Subscription(
                new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider}|{stream}|{c.GrainType}")).AsSpan(0, 16)),
                provider,
                stream,
                new GrainConsumer(silo, GrainId.Create(c.GrainType, stream.GetKeyAsString())),
                null,
                Implicit: true));
}
