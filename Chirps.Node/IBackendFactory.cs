namespace Chirps.Node;

/// <summary>Makes a backend for a node that has a route to it.</summary>
public interface IBackendFactory
{
    /// <summary>The backend's name in the routes.</summary>
    string Name { get; }

    /// <summary>Makes the backend. The node is not complete yet: nothing of it may be used before <see cref="IStoringBackend.Start"/>.</summary>
    IStoringBackend Create(MeshNode node);
}
