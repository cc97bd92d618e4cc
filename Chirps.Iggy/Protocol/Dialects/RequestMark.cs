namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>A request being written: where it starts, and by what its answer is recognised where answers carry that.</summary>
/// <param name="Start">Where its header starts in the buffer.</param>
/// <param name="Operation">The operation (VSR).</param>
/// <param name="RequestNumber">The request number (VSR).</param>
internal readonly record struct RequestMark(int Start, byte Operation = 0, ulong RequestNumber = 0)
{
    /// <summary>Whether a response can be the answer. In the classic dialect each can: they come in the order of the requests.</summary>
    public bool IsAnsweredBy(in ResponseHead head) => Operation == head.Operation && RequestNumber == head.RequestNumber;
}
