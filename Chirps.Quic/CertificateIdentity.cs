using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Quic;

/// <summary>Reads who a certificate speaks for.</summary>
internal static class CertificateIdentity
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const int UriTag = 6;

    /// <summary>Finds the one <c>chirps://</c> URI among the subject's alternative names.</summary>
    /// <returns><see langword="false"/> with words for people when there is none, more than one, or a malformed one.</returns>
    public static bool TryRead(X509Certificate2 certificate, out TransportIdentity identity, out string problem)
    {
        identity = default;
        var uris = ReadUris(certificate);
        if (uris.Count == 0)
        {
            problem = "the certificate names no chirps://cluster/node in its subject alternative names.";
            return false;
        }

        if (uris.Count > 1)
        {
            problem = "the certificate names more than one chirps:// URI.";
            return false;
        }

        if (!TransportIdentity.TryParse(uris[0], out identity))
        {
            problem = $"the certificate's URI '{uris[0]}' is not of the form chirps://cluster/node.";
            return false;
        }

        problem = string.Empty;
        return true;
    }

    private static List<string> ReadUris(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName)
            {
                continue;
            }

            try
            {
                AddUris(extension.RawData, uris);
            }
            catch (AsnContentException)
            {
                uris.Clear();
                return uris;
            }
        }

        return uris;
    }

    private static void AddUris(byte[] extension, List<string> uris)
    {
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue == UriTag)
            {
                var uri = names.ReadCharacterString(UniversalTagNumber.IA5String, tag);
                if (TransportIdentity.HasScheme(uri))
                {
                    uris.Add(uri);
                }
            }
            else
            {
                names.ReadEncodedValue();
            }
        }
    }
}
