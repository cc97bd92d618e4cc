namespace Chirps.Engine.Membership;

/// <summary>What a member that was asked to probe too had to say.</summary>
/// <param name="Helper">Whom this node asked.</param>
/// <param name="Nacked">Whether it reported that it got no answer either; otherwise it said nothing in time.</param>
public readonly record struct HelperAnswer(MemberId Helper, bool Nacked);
