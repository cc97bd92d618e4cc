using System.Reflection;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using NetConnection = System.Net.Quic.QuicConnection;

namespace Chirps.Quic.SystemQuic;

/// <summary>The native library under System.Net.Quic.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static partial class SystemLibrary
{
    private const string Name = "System.Net.Quic";

    /// <summary>Whether QUIC can be used through System.Net.Quic here.</summary>
    public static bool IsSupported => NetConnection.IsSupported;

    /// <summary>The library's name, with the version of msquic where the framework knows it; it publishes none, so its absence is no fault.</summary>
    public static string Describe()
    {
        var library = typeof(NetConnection).Assembly.GetType("System.Net.Quic.MsQuicApi")?
            .GetProperty("MsQuicLibraryVersion", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) as string;
        var version = VersionPattern().Match(library ?? string.Empty);
        return version.Success ? $"{Name} (msquic {version.Value})" : Name;
    }

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex VersionPattern();
}
