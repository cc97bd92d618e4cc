namespace Chirps.Quic.Native;

/// <summary><c>gnutls_datum_t</c>: bytes and their count.</summary>
internal unsafe struct GnuTlsDatum
{
    public byte* Data;
    public uint Size;
}
