namespace Chirps.Node.Credentials;

/// <summary>How far the change from one authority to the next has come.</summary>
public enum AuthorityStage
{
    /// <summary>No change is under way.</summary>
    Settled,

    /// <summary>Stage 1 is done: both are to be trusted, the old one issues.</summary>
    Announced,

    /// <summary>Stage 2 is done: both are trusted, the new one issues.</summary>
    Issuing,
}
