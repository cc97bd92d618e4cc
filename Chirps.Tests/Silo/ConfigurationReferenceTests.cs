using System.Text.RegularExpressions;
using Chirps.Silo.Configuration;
using Chirps.Tests.Architecture;

namespace Chirps.Tests.Silo;

/// <summary>The reference in the documents is made from the options: CHIRPS_ACCEPT=1 writes it anew.</summary>
public sealed partial class ConfigurationReferenceTests
{
    private static readonly string _path = Path.Combine(Repository.Root, "docs", "configuration.md");

    [Fact]
    public void The_reference_in_the_documents_is_that_of_the_options()
    {
        var text = File.ReadAllText(_path);
        var actual = Tables().Replace(text, match => $"<!-- options {match.Groups[1].Value} -->\n{ConfigurationReference.Table(match.Groups[1].Value)}<!-- end -->");
        if (Environment.GetEnvironmentVariable("CHIRPS_ACCEPT") == "1")
        {
            File.WriteAllText(_path, actual);
            text = actual;
        }

        Assert.Equal(actual, text);
    }

    [Fact]
    public void Every_section_is_in_the_reference()
        => Assert.Equal(ConfigurationReference.Sections.Order(StringComparer.Ordinal), Tables().Matches(File.ReadAllText(_path)).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_option_says_what_it_is()
        => Assert.All(ConfigurationLayers.Options, option => Assert.True(ConfigurationReference.Meaning(option).Length > 10, option.Key));

    [GeneratedRegex(@"<!-- options (\S+) -->\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Tables();
}
