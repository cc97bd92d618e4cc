using System.Globalization;
using System.Reflection;
using Chirps.Engine.Detection;
using Chirps.Node;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

/// <summary>No membership option is for show: with another value the same seed runs differently.</summary>
public sealed class OptionTests
{
    private static readonly Dictionary<string, string> _others = new(StringComparer.Ordinal)
    {
        [nameof(SwimOptions.Profile)] = "Wan",
        [nameof(SwimOptions.Period)] = "0:00:00.300",
        [nameof(SwimOptions.RttTimeout)] = "0:00:00.120",
        [nameof(SwimOptions.RttTimeoutMin)] = "0:00:00.070",
        [nameof(SwimOptions.IndirectProbes)] = "1",
        [nameof(SwimOptions.SuspicionMin)] = "0:00:02",
        [nameof(SwimOptions.SuspicionMultiplier)] = "20",
        [nameof(SwimOptions.SuspicionMaxMultiplier)] = "5",
        [nameof(SwimOptions.SuspicionConfirmations)] = "1",
        [nameof(SwimOptions.LocalHealthMax)] = "1",
        [nameof(SwimOptions.RetransmitMultiplier)] = "1",
        [nameof(SwimOptions.GossipInterval)] = "0:00:00.050",
        [nameof(SwimOptions.GossipFanout)] = "1",
        [nameof(SwimOptions.GossipToDead)] = "0:00:01",
        [nameof(SwimOptions.AntiEntropyInterval)] = "0:00:03",
        [nameof(SwimOptions.HealInterval)] = "0:00:03",
        [nameof(SwimOptions.TombstoneTime)] = "0:00:25",
        [nameof(SwimOptions.MembersMax)] = "4",
        [nameof(SwimOptions.JoinRetry)] = "0:00:02",
        [nameof(SwimOptions.JoinRetryMax)] = "0:00:02",
        [nameof(SwimOptions.LeaveAcks)] = "7",
        [nameof(SwimOptions.LeaveTimeout)] = "0:00:04",
        [nameof(SwimOptions.Detector)] = "Phi",
        [nameof(SwimOptions.PhiThreshold)] = "20",
        [nameof(SwimOptions.PhiAcceptablePause)] = "0:00:01",
    };

    /// <summary>All but the carrier, which the engine does not know; that one is tried between real nodes.</summary>
    public static TheoryData<string> Names => [.. typeof(SwimOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(SwimOptions.Carrier))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_option_changes_what_the_members_do(string name)
    {
        var detector = name.StartsWith("Phi", StringComparison.Ordinal) ? DetectorKind.Phi : DetectorKind.Swim;

        Assert.NotEqual(Run(new SwimOptions { Detector = detector }), Run(With(name, new SwimOptions { Detector = detector })));
    }

    /// <summary>A life with everything in it: a late seed, loss, a crash, a leave with and one without witnesses, a partition.</summary>
    private static ulong Run(SwimOptions options)
    {
        var world = new SimWorld(1, 8, settings: options.ToSettings(new StateOptions()));
        for (var node = 1; node < 8; node++)
        {
            world.Start(node, 0);
        }

        world.RunFor(TimeSpan.FromSeconds(20)).Start(0).RunFor(TimeSpan.FromSeconds(10));
        world.Network.Link = SimLink.Healthy with { Loss = 0.15 };
        world.Crash(1).RunFor(TimeSpan.FromSeconds(20));
        world.Partition(2).Leave(2).Leave(7).RunFor(TimeSpan.FromSeconds(20));
        return world.StopFaults().RunFor(TimeSpan.FromSeconds(20)).Trace.Hash;
    }

    private static SwimOptions With(string name, SwimOptions options)
    {
        var property = typeof(SwimOptions).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var text = _others[name];
        property.SetValue(options, type.IsEnum ? Enum.Parse(type, text)
            : type == typeof(TimeSpan) ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
            : Convert.ChangeType(text, type, CultureInfo.InvariantCulture));
        return options;
    }
}
