using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>What goes into a frame. Implementations are structs, so that no call allocates for them.</summary>
internal interface IRequestBody
{
    /// <summary>Appends the payload in the dialect of the connection at hand.</summary>
    void Write(WireBuffer buffer, IIggyDialect dialect);
}
