namespace Chirps;

/// <summary>
/// A change of the membership as this node sees it, on stream <see cref="ChirpsStreams.Membership"/>.
/// </summary>
/// <param name="Version">Counts this node's events from 1 without gaps: a subscriber that sees a jump has missed some and re-reads <see cref="IMeshGrain.Members"/>.</param>
/// <param name="Member">The member after the change.</param>
/// <param name="At">When it happened, by this node's clock.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MembershipEvent")]
public abstract record MembershipEvent(
    [property: Id(0)] ulong Version,
    [property: Id(1)] MemberInfo Member,
    [property: Id(2)] DateTimeOffset At);

/// <summary>A node is a member now: for the first time, or again under a higher generation.</summary>
/// <inheritdoc cref="MembershipEvent" />
[GenerateSerializer, Immutable, Alias("Chirps.MemberJoined")]
public sealed record MemberJoined(ulong Version, MemberInfo Member, DateTimeOffset At) : MembershipEvent(Version, Member, At);

/// <summary>A member said that it goes.</summary>
/// <inheritdoc cref="MembershipEvent" />
[GenerateSerializer, Immutable, Alias("Chirps.MemberLeft")]
public sealed record MemberLeft(ulong Version, MemberInfo Member, DateTimeOffset At) : MembershipEvent(Version, Member, At);

/// <summary>A member is held to be something else than before.</summary>
/// <param name="Version"><inheritdoc cref="MembershipEvent" path="/param[@name='Version']"/></param>
/// <param name="Member"><inheritdoc cref="MembershipEvent" path="/param[@name='Member']"/></param>
/// <param name="At"><inheritdoc cref="MembershipEvent" path="/param[@name='At']"/></param>
/// <param name="OldState">Before.</param>
/// <param name="NewState">Now; the same as in <paramref name="Member"/>.</param>
/// <param name="Accuser">Who accused it, where this is a suspicion or a death that somebody declared.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MemberStatusChanged")]
public sealed record MemberStatusChanged(
    ulong Version,
    MemberInfo Member,
    DateTimeOffset At,
    [property: Id(0)] MemberState OldState,
    [property: Id(1)] MemberState NewState,
    [property: Id(2)] NodeId? Accuser) : MembershipEvent(Version, Member, At);

/// <summary>Something else about a member changed, its address for example.</summary>
/// <inheritdoc cref="MembershipEvent" />
[GenerateSerializer, Immutable, Alias("Chirps.MemberUpdated")]
public sealed record MemberUpdated(ulong Version, MemberInfo Member, DateTimeOffset At) : MembershipEvent(Version, Member, At);
