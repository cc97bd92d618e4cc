namespace Chirps.Silo.Configuration;

/// <summary>The settings as a source of the host's configuration, where they can be exchanged: log levels follow at once.</summary>
/// <param name="settings">The settings to begin with.</param>
internal sealed class LiveConfiguration(IReadOnlyDictionary<string, Setting> settings) : ConfigurationProvider, IConfigurationSource
{
    private IReadOnlyDictionary<string, Setting> _settings = settings;

    /// <summary>Other settings from now on.</summary>
    public void Use(IReadOnlyDictionary<string, Setting> changed)
    {
        _settings = changed;
        Load();
        OnReload();
    }

    public override void Load() => Data = _settings.ToDictionary(one => one.Key, one => (string?)one.Value.Value, StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
