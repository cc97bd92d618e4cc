using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

/// <summary>Makes the login of one connection; secrets in files and in the environment are read each time.</summary>
internal static class LoginMaker
{
    private const string SdkName = "chirps";

    private static readonly string _version = typeof(LoginMaker).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Makes a login.</summary>
    /// <exception cref="IggyException">There is no secret, or it cannot be read. The message names the file or the variable.</exception>
    public static LoginRequest Make(IggyClientOptions options)
    {
        var token = options.Token ?? FromFile(options.TokenFile) ?? FromVariable(options.TokenVariable);
        var password = token is null ? options.Password ?? FromFile(options.PasswordFile) ?? FromVariable(options.PasswordVariable) : null;
        if (token is null && password is null)
        {
            throw IggyException.NotConnected("There is no password and no token to log in with.");
        }

        return new LoginRequest
        {
            User = token is null ? options.User : null,
            Password = password,
            Token = token,
            SdkName = SdkName,
            SdkVersion = _version,
            Context = options.Context,
            ProtocolVersion = options.VsrProtocolVersion,
        };
    }

    private static string? FromFile(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw IggyException.NotConnected($"The secret in {path} cannot be read.", failure);
        }
    }

    private static string? FromVariable(string? name)
        => name is null ? null : Environment.GetEnvironmentVariable(name) ?? throw IggyException.NotConnected($"The environment variable {name} is not set.");
}
