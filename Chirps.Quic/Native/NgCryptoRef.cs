namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_crypto_conn_ref</c> with our own handle appended: what a TLS session knows of its connection.</summary>
internal unsafe struct NgCryptoRef
{
    public delegate* unmanaged[Cdecl]<NgCryptoRef*, void*> GetConnection;
    public void* Connection;
    public nint Handle;
}
