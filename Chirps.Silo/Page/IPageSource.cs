namespace Chirps.Silo.Page;

/// <summary>Where the page's data comes from: a mesh node, or whoever plays one. May be used from any thread.</summary>
internal interface IPageSource
{
    /// <summary>Changes whenever the membership does; cheap.</summary>
    ulong Version { get; }

    /// <summary>Reads the counters; cheap.</summary>
    PageSample Sample();

    /// <summary>Looks at everything but the counters.</summary>
    /// <param name="samples">The samples that belong into the snapshot.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    Task<PageSnapshot> LookAsync(IReadOnlyList<PageSample> samples, CancellationToken cancellationToken);

    /// <summary>Looks at one member.</summary>
    /// <returns><see langword="null"/> when there is none of that name.</returns>
    Task<PageMemberDetail?> MemberAsync(string id);
}
