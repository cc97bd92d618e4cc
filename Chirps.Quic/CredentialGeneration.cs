using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>One certificate, key and set of trusted authorities as GnuTLS holds them, and the key of the tickets given under them.</summary>
/// <remarks>Sessions hold a reference, so a generation that was replaced is freed after the last connection that used it.</remarks>
internal sealed unsafe class CredentialGeneration
{
    private readonly GnuTlsDatum* _ticketKey;
    private int _references = 1;

    /// <exception cref="TlsMaterialException">GnuTLS cannot use the material.</exception>
    public CredentialGeneration(TlsMaterial material, bool presentCertificate, delegate* unmanaged[Cdecl]<void*, int> verify)
    {
        void* credentials;
        GnuTls.Check(GnuTls.AllocateCredentials(&credentials), "allocate credentials");
        Credentials = credentials;
        NotAfter = material.ReadNotAfter();
        _ticketKey = (GnuTlsDatum*)NativeMemory.AllocZeroed((nuint)sizeof(GnuTlsDatum));
        try
        {
            GnuTls.Check(GnuTls.TicketKeyGenerate(_ticketKey), "make a ticket key");
            SetTrust(material.AuthorityPem);
            if (presentCertificate)
            {
                SetKey(material);
            }

            GnuTls.SetVerifyFunction(credentials, verify);
        }
        catch
        {
            Free();
            throw;
        }
    }

    public void* Credentials { get; }

    /// <summary>When our certificate expires.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Peers' chains that our authorities vouch for.</summary>
    public VerifiedChains Verified { get; } = new();

    /// <summary>The key of the tickets a server gives; lives as long as this.</summary>
    public GnuTlsDatum* TicketKey => _ticketKey;

    public CredentialGeneration AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Free();
        }
    }

    private void Free()
    {
        GnuTls.FreeCredentials(Credentials);
        if (_ticketKey->Data != null)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_ticketKey->Data, (int)_ticketKey->Size));
            GnuTls.Free(_ticketKey->Data);
        }

        NativeMemory.Free(_ticketKey);
    }

    private void SetTrust(string authorityPem)
    {
        var bytes = Encoding.UTF8.GetBytes(authorityPem);
        fixed (byte* data = bytes)
        {
            GnuTlsDatum authorities;
            authorities.Data = data;
            authorities.Size = (uint)bytes.Length;
            if (GnuTls.SetTrust(Credentials, &authorities, GnuTls.FormatPem) <= 0)
            {
                throw new TlsMaterialException("authority: holds no certificate GnuTLS can use.");
            }
        }
    }

    private void SetKey(TlsMaterial material)
    {
        var certificateBytes = Encoding.UTF8.GetBytes(material.CertificatePem);
        var keyBytes = Encoding.UTF8.GetBytes(material.KeyPem);
        fixed (byte* certificateData = certificateBytes, keyData = keyBytes)
        {
            GnuTlsDatum certificate;
            certificate.Data = certificateData;
            certificate.Size = (uint)certificateBytes.Length;
            GnuTlsDatum key;
            key.Data = keyData;
            key.Size = (uint)keyBytes.Length;
            var result = GnuTls.SetKey(Credentials, &certificate, &key, GnuTls.FormatPem);
            if (result < 0)
            {
                throw new TlsMaterialException($"certificate or key: GnuTLS cannot use them: {GnuTls.Describe(result)}.");
            }
        }
    }
}
