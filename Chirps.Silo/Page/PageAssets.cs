using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Chirps.Silo.Page;

/// <summary>The page's files, which lie in the assembly.</summary>
internal static class PageAssets
{
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, PageAsset> _files = typeof(PageAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);

    /// <summary>The names of all files.</summary>
    public static IEnumerable<string> Names => _files.Keys;

    public static bool TryGet(string name, [NotNullWhen(true)] out PageAsset? asset) => _files.TryGetValue(name, out asset);

    private static PageAsset Read(string resource)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var type = Path.GetExtension(resource) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        return new PageAsset(content, type, new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(content)[..8])}\""));
    }
}

/// <summary>One file of the page.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record PageAsset(byte[] Content, string Type, EntityTagHeaderValue Tag);
