using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <content>Changes of the configuration while the node runs.</content>
public sealed partial class MeshNode
{
    /// <summary>Brings those changes into force that are safe without a restart: routes and most limits, see <see cref="ReloadsAttribute"/>.</summary>
    /// <param name="changed">Validated options.</param>
    /// <returns>The keys whose change waits for a restart, whatever they were before.</returns>
    /// <remarks>Calls must not overlap. Messages that were accepted keep the limits they were accepted under.</remarks>
    public IReadOnlyList<string> Apply(MeshOptions changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var waiting = new List<string>();
        var applied = new List<string>();
        var before = OptionCatalog.Values(_options, MeshOptions.Section).ToDictionary(one => one.Key);
        var after = OptionCatalog.Values(changed, MeshOptions.Section).ToDictionary(one => one.Key);
        foreach (var key in before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key).Value != after.GetValueOrDefault(key).Value))
        {
            if (key.StartsWith($"{MeshOptions.Section}:{nameof(MeshOptions.Routes)}:", StringComparison.Ordinal))
            {
                continue; // all of them at once, below
            }

            var property = (before.GetValueOrDefault(key).Property ?? after.GetValueOrDefault(key).Property)!;
            (TryApply(property, changed.Limits) ? applied : waiting).Add(key);
        }

        if (!SameRoutes(_options.Routes, changed.Routes))
        {
            (TryRoute(changed.Routes) ? applied : waiting).Add($"{MeshOptions.Section}:{nameof(MeshOptions.Routes)}");
        }

        if (applied.Count > 0)
        {
            LogApplied(string.Join(", ", applied));
        }

        return waiting;
    }

    /// <summary>One limit. The connections there are were made for frames as long as the limits were at the start.</summary>
    private bool TryApply(PropertyInfo property, LimitOptions limits)
    {
        var tooLong = (property.Name == nameof(LimitOptions.ControlBytes) && limits.ControlBytes > _longest.Control)
            || (property.Name == nameof(LimitOptions.EphemeralBytes) && limits.EphemeralBytes > _longest.Ephemeral);
        if (property.DeclaringType != typeof(LimitOptions) || property.GetCustomAttribute<ReloadsAttribute>() is null || tooLong)
        {
            return false;
        }

        property.SetValue(_options.Limits, property.GetValue(limits));
        return true;
    }

    private bool TryRoute(IList<RouteOptions> routes)
    {
        if (!_router.TryUse(routes.Count == 0 ? DefaultRoutes : [.. routes]))
        {
            return false;
        }

        _options.Routes = [.. routes];
        return true;
    }

    private static bool SameRoutes(IList<RouteOptions> one, IList<RouteOptions> other)
        => one.Select(route => (route.Profile, route.Backend)).Order().SequenceEqual(other.Select(route => (route.Profile, route.Backend)).Order());

    [LoggerMessage(2015, LogLevel.Information, "Changed without a restart: {Keys}")]
    private partial void LogApplied(string keys);
}
