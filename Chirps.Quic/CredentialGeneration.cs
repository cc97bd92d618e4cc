using System.Text;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>One certificate, key and set of trusted authorities as GnuTLS holds them.</summary>
/// <remarks>Sessions hold a reference, so a generation that was replaced is freed after the last connection that used it.</remarks>
internal sealed unsafe class CredentialGeneration
{
    private int _references = 1;

    /// <exception cref="TlsMaterialException">GnuTLS cannot use the material.</exception>
    public CredentialGeneration(TlsMaterial material, bool presentCertificate, delegate* unmanaged[Cdecl]<void*, int> verify)
    {
        void* credentials;
        GnuTls.Check(GnuTls.AllocateCredentials(&credentials), "allocate credentials");
        Credentials = credentials;
        try
        {
            SetTrust(material.AuthorityPem);
            if (presentCertificate)
            {
                SetKey(material);
            }

            GnuTls.SetVerifyFunction(credentials, verify);
        }
        catch
        {
            GnuTls.FreeCredentials(credentials);
            throw;
        }
    }

    public void* Credentials { get; }

    public CredentialGeneration AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            GnuTls.FreeCredentials(Credentials);
        }
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
