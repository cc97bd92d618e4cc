namespace Chirps.Quic.Native;

/// <summary><c>gnutls_typed_vdata_st</c>: one requirement on a certificate.</summary>
internal unsafe struct GnuTlsTypedData
{
    public const int KeyPurposeOid = 2;

    public int Type;
    public byte* Data;
    public uint Size;
}
