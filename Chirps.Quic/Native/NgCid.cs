namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_cid</c>: a connection id of up to 20 bytes.</summary>
internal unsafe struct NgCid
{
    public const int LengthMax = 20;

    public nuint Length;
    public fixed byte Data[LengthMax];

    public static NgCid From(ReadOnlySpan<byte> bytes)
    {
        NgCid cid = default;
        cid.Length = (nuint)bytes.Length;
        bytes.CopyTo(new Span<byte>(cid.Data, LengthMax));
        return cid;
    }
}
