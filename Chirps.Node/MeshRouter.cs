using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>Something that carries messages of some profiles.</summary>
internal interface IMessageBackend
{
    /// <summary>Its name in the routes.</summary>
    string Name { get; }

    /// <summary>Sends to one member, which is known, not dead, and not this node.</summary>
    ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, in SendSettings settings, CancellationToken cancellationToken);
}

/// <summary>Picks the backend of each profile, as the routes say. A route to a backend that this process was not given leads nowhere.</summary>
/// <param name="routes">The routes.</param>
/// <param name="sending">Carries messages to members.</param>
/// <param name="stored">Stores messages; <see langword="null"/> when this process has no such backend.</param>
/// <remarks>Any thread.</remarks>
internal sealed class MeshRouter(IReadOnlyList<RouteOptions> routes, IMessageBackend sending, IStoringBackend? stored)
{
    private volatile Table _table = Table.Of(routes, sending, stored);

    /// <summary>The backend for <see cref="Profile.Durable"/>; <see langword="null"/> when no route leads to one.</summary>
    public IStoringBackend? Storing => _table.Storing;

    /// <summary>The storing backend of this process, whether or not a route leads to it now.</summary>
    public IStoringBackend? Stored => stored;

    /// <summary>The backend for a profile; <see langword="null"/> when no route names one.</summary>
    public IMessageBackend? For(Profile profile)
    {
        var byProfile = _table.ByProfile;
        return (uint)profile < (uint)byProfile.Length ? byProfile[(int)profile] : throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such profile.");
    }

    /// <summary>Other routes from now on; messages on their way are not touched.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when a route leads to a backend that this process was not started with.</returns>
    public bool TryUse(IReadOnlyList<RouteOptions> changed)
    {
        if (stored is null && changed.Any(route => route.Profile == Profile.Durable))
        {
            return false;
        }

        _table = Table.Of(changed, sending, stored);
        return true;
    }

    private sealed record Table(IMessageBackend?[] ByProfile, IStoringBackend? Storing)
    {
        public static Table Of(IReadOnlyList<RouteOptions> routes, IMessageBackend sending, IStoringBackend? stored)
        {
            var byProfile = new IMessageBackend?[Enum.GetValues<Profile>().Length];
            foreach (var route in routes.Where(route => route.Backend == sending.Name))
            {
                byProfile[(int)route.Profile] = sending;
            }

            return new Table(byProfile, stored is not null && routes.Any(route => route.Profile == Profile.Durable && route.Backend == stored.Name) ? stored : null);
        }
    }
}
