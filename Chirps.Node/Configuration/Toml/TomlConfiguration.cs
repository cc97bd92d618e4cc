using System.Net;

namespace Chirps.Node.Toml;

/// <summary>The settings of a TOML file.</summary>
public static class TomlConfiguration
{
    private const string Quic = "mesh.backends.quic.listen_addr";

    /// <summary>Reads the settings of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="options">All options there are.</param>
    /// <param name="problems">Gets keys that do not exist: file, line and key of each.</param>
    /// <returns>Key, value and line of each.</returns>
    /// <exception cref="MeshConfigurationException">The text is no TOML; the message names file and line.</exception>
    public static IReadOnlyList<(string Key, string Value, int Line)> Read(string text, string name, IEnumerable<OptionEntry> options, ICollection<(string Key, string Problem)> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var keys = new TomlKeys([.. options]);
        var settings = new List<(string Key, string Value, int Line)>();
        TomlValue? quic = null;
        foreach (var value in Parse(text, name))
        {
            var dotted = string.Join('.', value.Path);
            if (dotted.Equals(Quic, StringComparison.OrdinalIgnoreCase) || $"mesh.{dotted}".Equals(Quic, StringComparison.OrdinalIgnoreCase))
            {
                quic = value;
            }
            else if (keys.Find(value, out var problem) is { } setting)
            {
                settings.Add((setting.Key, setting.Value, value.Line));
            }
            else if (problem is not null)
            {
                problems.Add(($"{name}, line {value.Line}: {dotted}", problem));
            }
        }

        if (quic is not null)
        {
            AddQuicAddress(quic, name, settings, problems);
        }

        return settings;
    }

    private static IReadOnlyList<TomlValue> Parse(string text, string name)
    {
        try
        {
            return TomlReader.Read(text);
        }
        catch (TomlException exception)
        {
            throw new MeshConfigurationException($"{name}, line {exception.Line}", exception.Problem, exception);
        }
    }

    /// <summary>
    /// An address of its own for QUIC. Membership and messages share one socket unless it differs from the mesh's: then membership has a socket of its own, which is what the
    /// carrier Udp is.
    /// </summary>
    private static void AddQuicAddress(TomlValue quic, string name, List<(string Key, string Value, int Line)> settings, ICollection<(string Key, string Problem)> problems)
    {
        var mesh = settings.Find(one => one.Key == "Chirps:Mesh:ListenAddress");
        if (!IPEndPoint.TryParse(quic.Text, out var address) || address.Port == 0)
        {
            problems.Add(($"{name}, line {quic.Line}: {string.Join('.', quic.Path)}", $"'{quic.Text}' is no address; ip:port is needed, 0.0.0.0:42000 for example"));
        }
        else if (mesh.Key is null)
        {
            settings.Add(("Chirps:Mesh:ListenAddress", quic.Text, quic.Line));
        }
        else if (mesh.Value != quic.Text && IPEndPoint.TryParse(mesh.Value, out var membership))
        {
            if (!membership.Address.Equals(address.Address))
            {
                problems.Add(($"{name}, line {quic.Line}: {string.Join('.', quic.Path)}", $"the IP must be that of mesh.listen_addr, {membership.Address}; only the port may differ"));
            }

            settings.Add(("Chirps:Udp:QuicPort", address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), quic.Line));
            if (!settings.Exists(one => one.Key == "Chirps:Swim:Carrier"))
            {
                settings.Add(("Chirps:Swim:Carrier", nameof(MembershipCarrier.Udp), quic.Line));
            }
        }
    }
}
