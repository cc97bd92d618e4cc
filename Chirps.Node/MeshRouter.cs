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

/// <summary>Picks the backend of each profile, as the routes say.</summary>
internal sealed class MeshRouter
{
    private readonly IMessageBackend?[] _byProfile = new IMessageBackend?[Enum.GetValues<Profile>().Length];

    public MeshRouter(IEnumerable<RouteOptions> routes, IEnumerable<IMessageBackend> backends)
    {
        var byName = backends.ToDictionary(backend => backend.Name, StringComparer.Ordinal);
        foreach (var route in routes)
        {
            _byProfile[(int)route.Profile] = byName[route.Backend];
        }
    }

    /// <summary>The backend for a profile; <see langword="null"/> when no route names one.</summary>
    public IMessageBackend? For(Profile profile)
        => (uint)profile < (uint)_byProfile.Length
            ? _byProfile[(int)profile]
            : throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such profile.");
}
