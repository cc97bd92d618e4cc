namespace Chirps.Engine.Membership;

/// <summary>How one probe ended, for metrics.</summary>
/// <param name="Target">Who was probed.</param>
/// <param name="Succeeded">Whether an ack came in time, direct or relayed.</param>
/// <param name="Indirect">Whether other members had been asked to probe too.</param>
/// <param name="RoundTrip">From the ping to the first ack; zero when none came.</param>
/// <param name="NacksExpected">How many members were asked.</param>
/// <param name="NacksReceived">How many of them reported that they got no ack either.</param>
public readonly record struct ProbeReport(
    MemberId Target, bool Succeeded, bool Indirect, TimeSpan RoundTrip, int NacksExpected, int NacksReceived);
