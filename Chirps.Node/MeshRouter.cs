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
internal sealed class MeshRouter
{
    private readonly IMessageBackend?[] _byProfile = new IMessageBackend?[Enum.GetValues<Profile>().Length];

    public MeshRouter(IReadOnlyList<RouteOptions> routes, IMessageBackend sending, IStoringBackend? storing)
    {
        foreach (var route in routes.Where(route => route.Backend == sending.Name))
        {
            _byProfile[(int)route.Profile] = sending;
        }

        Storing = storing is not null && routes.Any(route => route.Profile == Profile.Durable && route.Backend == storing.Name) ? storing : null;
    }

    /// <summary>The backend for <see cref="Profile.Durable"/>; <see langword="null"/> when no route leads to one.</summary>
    public IStoringBackend? Storing { get; }

    /// <summary>The backend for a profile; <see langword="null"/> when no route names one.</summary>
    public IMessageBackend? For(Profile profile)
        => (uint)profile < (uint)_byProfile.Length
            ? _byProfile[(int)profile]
            : throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such profile.");
}
