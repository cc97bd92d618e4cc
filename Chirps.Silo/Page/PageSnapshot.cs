namespace Chirps.Silo.Page;

/// <summary>Everything the page shows without being asked, at one moment: the page is a function of it. Immutable.</summary>
/// <param name="Node">The node that serves the page.</param>
/// <param name="Members">All members, this node included, in the order they joined.</param>
/// <param name="Links">What this node measures of the others. It knows its own links only.</param>
/// <param name="Events">The last transitions, oldest first.</param>
/// <param name="Samples">What was counted, oldest first: the last minutes at a second's distance.</param>
internal sealed record PageSnapshot(
    PageNode Node,
    IReadOnlyList<PageMember> Members,
    IReadOnlyList<PageLink> Links,
    IReadOnlyList<PageEvent> Events,
    IReadOnlyList<PageSample> Samples);

/// <summary>The node that serves the page.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Software">The version of Chirps it runs.</param>
/// <param name="Transport">Provider and version of the transport.</param>
/// <param name="Joined">Whether it has joined and has not begun to leave.</param>
/// <param name="LocalHealth">Lifeguard's multiplier; 0 is healthy.</param>
/// <param name="Connections">Open connections to peers.</param>
/// <param name="PendingControl">Control messages sent and not yet acknowledged.</param>
/// <param name="MembershipVersion">The version of the last membership event.</param>
/// <param name="CertificateSeconds">Time until its certificate expires; <see langword="null"/> when that is not known.</param>
/// <param name="Dashboard">Whether it serves the Orleans dashboard.</param>
/// <param name="TokenNeeded">Whether HTTP asks for a token, so that there is something to sign out of.</param>
/// <param name="Queues">The queues of its subscribers.</param>
internal sealed record PageNode(
    string Id,
    string Cluster,
    string Software,
    string Transport,
    bool Joined,
    int LocalHealth,
    int Connections,
    int PendingControl,
    ulong MembershipVersion,
    long? CertificateSeconds,
    bool Dashboard,
    bool TokenNeeded,
    IReadOnlyList<PageQueue> Queues);

/// <summary>The queue of one subscriber.</summary>
/// <param name="Topic">Its topic; <c>*</c> for all.</param>
/// <param name="Queued">Messages in it.</param>
/// <param name="Capacity">How many fit.</param>
/// <param name="Received">Messages put in so far.</param>
/// <param name="Dropped">Messages lost because it was full.</param>
internal sealed record PageQueue(string Topic, int Queued, int Capacity, long Received, long Dropped);

/// <summary>One member: what gossip says.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">What it is held to be.</param>
/// <param name="Generation">Which start of its process.</param>
/// <param name="Incarnation">How often it refuted.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Since">Since when it has its state.</param>
/// <param name="Keys">How many key-values it has.</param>
/// <param name="StateVersion">Everything it wrote up to this version is known here; 0 when it has written nothing.</param>
internal sealed record PageMember(string Id, MemberState State, ulong Generation, uint Incarnation, string Address, DateTimeOffset Since, int Keys, ulong StateVersion);

/// <summary>One member: what this node measures of it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Connected">Whether there is a connection.</param>
/// <param name="Outgoing">Whether this node dialled it.</param>
/// <param name="RttMilliseconds">Smoothed round trip of the connection, in milliseconds.</param>
/// <param name="ProbeMilliseconds">What its answers to this node's probes usually take.</param>
/// <param name="Phi">How late its heartbeat is; <see langword="null"/> when it was not asked for yet.</param>
internal sealed record PageLink(string Id, bool Connected, bool Outgoing, double? RttMilliseconds, double? ProbeMilliseconds, double? Phi);

/// <summary>One transition in the timeline.</summary>
/// <param name="Version">Counts the events of this node without gaps.</param>
/// <param name="At">When this node saw it.</param>
/// <param name="Kind"><c>Joined</c>, <c>Left</c>, <c>StatusChanged</c> or <c>Updated</c>.</param>
/// <param name="Id">Of whom.</param>
/// <param name="Old">The state before; <see langword="null"/> when it was not known.</param>
/// <param name="New">The state after.</param>
/// <param name="Accuser">Who raised the suspicion or declared the death, where known.</param>
/// <param name="Incarnation">The member's incarnation after the change.</param>
internal sealed record PageEvent(ulong Version, DateTimeOffset At, string Kind, string Id, MemberState? Old, MemberState New, string? Accuser, uint Incarnation);

/// <summary>The counters of this node at one moment. All count from the start of the process.</summary>
/// <param name="At">When.</param>
/// <param name="Traffic">Messages and bytes of each profile.</param>
/// <param name="Drops">Messages and datagrams lost on this node.</param>
/// <param name="Retransmits">Control messages sent again on another connection.</param>
internal sealed record PageSample(DateTimeOffset At, IReadOnlyList<PageTraffic> Traffic, long Drops, long Retransmits);

/// <summary>What was counted of one profile.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Sent">Messages handed to a backend.</param>
/// <param name="Received">Messages put into a subscriber's queue.</param>
/// <param name="BytesSent">Payload bytes of the first.</param>
/// <param name="BytesReceived">Payload bytes of the second.</param>
internal sealed record PageTraffic(MessageProfile Profile, long Sent, long Received, long BytesSent, long BytesReceived);
