using Chirps.Iggy.Client;
using Chirps.Node;

namespace Chirps.Silo.Configuration;

/// <summary>The configuration in force: every setting with its origin, and the options made of them.</summary>
/// <param name="Settings">Every setting by its key.</param>
/// <param name="Mesh">The mesh node's options.</param>
/// <param name="Silo">Those of the process around it.</param>
/// <param name="Http">Those of what it serves.</param>
/// <param name="Problems">Everything that is wrong; empty when a node can start with it.</param>
internal sealed record NodeSettings(IReadOnlyDictionary<string, Setting> Settings, MeshOptions Mesh, SiloOptions Silo, HttpOptions Http, IReadOnlyList<(string Key, string Problem)> Problems)
{
    private const string IggyUrlKey = "Chirps:Backends:Iggy:Url";

    /// <summary>Reads everything and says everything that is wrong.</summary>
    public static NodeSettings Read(ConfigurationLayers layers)
    {
        var settings = layers.Load(out var unread);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => new KeyValuePair<string, string?>(one.Key, one.Value.Value))).Build();
        var mesh = new MeshOptions();
        var silo = new SiloOptions();
        var http = new HttpOptions();
        List<(string Key, string Problem)> problems =
        [
            .. unread,
            .. OptionsReader.Problems(configuration, mesh, SiloOptions.Name, HttpOptions.Name),
            .. OptionsReader.Problems(configuration.GetSection($"{MeshOptions.Section}:{SiloOptions.Name}"), silo, SiloOptions.Problems),
            .. OptionsReader.Problems(configuration.GetSection($"{MeshOptions.Section}:{HttpOptions.Name}"), http, HttpOptions.Problems),
            .. Levels(configuration),
        ];
        problems.AddRange(http.ReachProblems(silo.HttpAddress));
        if (problems.All(one => one.Key != IggyUrlKey) && AddressProblem(mesh.Backends.Iggy.Url) is { } problem)
        {
            problems.Add((IggyUrlKey, problem));
        }

        return new NodeSettings(settings, mesh, silo, http, problems);
    }

    /// <summary>The same, for a start.</summary>
    /// <exception cref="MeshConfigurationException">Something is wrong; the message names every key, and where it was set.</exception>
    public static NodeSettings ReadValid(ConfigurationLayers layers)
    {
        var read = Read(layers);
        return read.Problems.Count == 0 ? read : throw new MeshConfigurationException([.. read.Problems.Select(one => (one.Key, $"{one.Problem}{read.Where(one.Key)}"))]);
    }

    /// <summary>Every value, with its key and the property it is in.</summary>
    public IEnumerable<(string Key, System.Reflection.PropertyInfo Property, string Value)> Values => OptionCatalog.Values(Mesh, MeshOptions.Section).Concat(Around);

    /// <summary>Those of the process around the mesh node.</summary>
    public IEnumerable<(string Key, System.Reflection.PropertyInfo Property, string Value)> Around
        => OptionCatalog.Values(Silo, $"{MeshOptions.Section}:{SiloOptions.Name}").Concat(OptionCatalog.Values(Http, $"{MeshOptions.Section}:{HttpOptions.Name}"));

    /// <summary>Files that are named and not there: what <see cref="Read"/> cannot see.</summary>
    public IEnumerable<(string Key, string Problem)> MissingFiles()
    {
        var files = new[] { ("Tls:CertPath", Mesh.Tls.CertPath), ("Tls:KeyPath", Mesh.Tls.KeyPath), ("Tls:CaPath", Mesh.Tls.CaPath), ("Udp:KeyPath", Mesh.Udp.KeyPath), ("Http:TokenFile", Http.TokenFile), ("Http:CertPath", Http.CertPath), ("Http:KeyPath", Http.KeyPath) };
        return files.Where(one => one.Item2.Length > 0 && !File.Exists(one.Item2)).Select(one => ($"{MeshOptions.Section}:{one.Item1}", $"there is no file {one.Item2}"));
    }

    /// <summary><c> (chirps.toml, line 7)</c>, where a key was set; nothing for a default.</summary>
    public string Where(string key) => OriginOf(key) is { } origin ? $" ({origin})" : "";

    /// <summary>Where a key was set; <see langword="null"/> for a default.</summary>
    public string? OriginOf(string key) => Settings.GetValueOrDefault(key) is { IsOfProgram: false } setting ? setting.Origin : null;

    /// <summary>A value as it may be shown: secrets, and passwords in addresses, are not.</summary>
    public static string Shown(OptionEntry? option, string value)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            var shown = value.Replace(url.UserInfo, $"{url.UserInfo.Split(':')[0]}:***", StringComparison.Ordinal);
            return url.Query.Length > 1 ? shown.Replace(url.Query, "?***", StringComparison.Ordinal) : shown;
        }

        return option is { IsSecret: true } && value.Length > 0 && !(url is not null && url.UserInfo.Length == 0 && url.Query.Length == 0) ? "***" : value;
    }

    private static string? AddressProblem(string iggy)
    {
        try
        {
            _ = iggy.Length == 0 ? null : IggyClientOptions.FromUrl(iggy);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or IOException or System.Security.Cryptography.CryptographicException)
        {
            return exception.Message;
        }
    }

    private static IEnumerable<(string Key, string Problem)> Levels(IConfiguration configuration)
        => configuration.GetSection("Logging").AsEnumerable()
            .Where(one => one.Value is not null && one.Key.Contains("LogLevel:", StringComparison.OrdinalIgnoreCase) && !(Enum.TryParse<LogLevel>(one.Value, ignoreCase: true, out var level) && Enum.IsDefined(level)))
            .Select(one => (one.Key, $"'{one.Value}' is no level; one of {string.Join(", ", Enum.GetNames<LogLevel>())} is needed"));
}
