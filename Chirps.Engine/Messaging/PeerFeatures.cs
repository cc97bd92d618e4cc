namespace Chirps.Engine.Messaging;

/// <summary>What a node says in its hello that it can take beyond the first version of the format. Unknown bits are passed over.</summary>
[Flags]
public enum PeerFeatures : byte
{
    /// <summary>Nothing more; so is a node whose hello ends before the field.</summary>
    None = 0,

    /// <summary>Messages may carry a <see cref="TraceContext"/>.</summary>
    TraceContext = 1,
}
