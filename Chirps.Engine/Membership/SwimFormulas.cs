namespace Chirps.Engine.Membership;

/// <summary>How limits grow with the cluster. n counts members that are alive or suspect, this node included.</summary>
internal static class SwimFormulas
{
    /// <summary>How often one update is sent: <c>multiplier * ceil(log10(n+1))</c> (memberlist).</summary>
    public static int Transmissions(SwimSettings settings, int members) =>
        settings.RetransmitMultiplier * Math.Max(1, (int)Math.Ceiling(Math.Log10(members + 1)));

    /// <summary>To how many members a gossip round goes: one more for each tenfold of members from 100 on, so that the rounds to reach all grow slower.</summary>
    public static int Fanout(SwimSettings settings, int members) =>
        settings.GossipFanout + Math.Max(0, (int)Math.Log10(Math.Max(1, members)) - 1);

    /// <summary>The shortest suspicion: <c>multiplier * max(1, log10 n) * Period</c>, not below the configured minimum.</summary>
    /// <remarks>The period is the configured one, not stretched by local health (memberlist).</remarks>
    public static TimeSpan SuspicionMin(SwimSettings settings, int members)
    {
        var scaled = settings.Period * (settings.SuspicionMultiplier * Math.Max(1, Math.Log10(Math.Max(1, members))));
        return scaled > settings.SuspicionMin ? scaled : settings.SuspicionMin;
    }

    /// <summary>The longest suspicion.</summary>
    public static TimeSpan SuspicionMax(SwimSettings settings, int members) =>
        SuspicionMin(settings, members) * settings.SuspicionMaxMultiplier;

    /// <summary>K: zero when fewer members than that could confirm.</summary>
    /// <remarks>
    /// memberlist counts every member it has not reaped; after losing most of a small cluster the survivors then wait for
    /// confirmations nobody can give. Only members alive count here.
    /// </remarks>
    /// <param name="settings">The settings.</param>
    /// <param name="confirmers">Members alive, without this node and the suspect.</param>
    public static int Confirmations(SwimSettings settings, int confirmers) =>
        confirmers < settings.SuspicionConfirmations ? 0 : settings.SuspicionConfirmations;

    /// <summary>The time between two exchanges of tables: longer in larger clusters (memberlist's push/pull scale).</summary>
    public static TimeSpan AntiEntropyInterval(SwimSettings settings, int members) =>
        settings.AntiEntropyInterval * (members <= 32 ? 1 : (int)Math.Ceiling(Math.Log2(members) - 5) + 1);
}
