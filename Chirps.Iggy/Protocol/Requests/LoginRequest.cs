namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Credentials, and who brings them. It has no text form: secrets do not belong into logs.</summary>
internal sealed class LoginRequest
{
    /// <summary>The user name; <see langword="null"/> when a token is given.</summary>
    public string? User { get; init; }

    /// <summary>The password; <see langword="null"/> when a token is given.</summary>
    public string? Password { get; init; }

    /// <summary>The personal access token; <see langword="null"/> when a password is given.</summary>
    public string? Token { get; init; }

    /// <summary>The client's name. VSR only, where it must not be empty.</summary>
    public string SdkName { get; init; } = "";

    /// <summary>The client's version. Not sent with a token in the classic dialect.</summary>
    public string SdkVersion { get; init; } = "";

    /// <summary>What the client says of itself. Not sent with a token in the classic dialect.</summary>
    public string Context { get; init; } = "";

    /// <summary>The protocol version offered, VSR only: major, minor and patch in 12, 10 and 10 bits.</summary>
    public uint ProtocolVersion { get; init; }
}
