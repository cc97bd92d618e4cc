namespace Chirps.Silo.Commands;

/// <summary>What a command ends with; the same meaning for every command.</summary>
internal static class ExitCode
{
    /// <summary>It was done, and the outcome is good.</summary>
    public const int Ok = 0;

    /// <summary>It was done, and the outcome is not what was asked for: not delivered, no such member, no such key.</summary>
    public const int Negative = 1;

    /// <summary>What was typed, or the configuration, makes no sense; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The node cannot be reached, or the connection to it broke.</summary>
    public const int Unreachable = 3;

    /// <summary>The node refuses access: the token is missing or wrong.</summary>
    public const int Refused = 4;

    /// <summary>The node was reached and could not do it; its log says more.</summary>
    public const int Failed = 5;

    /// <summary>Ended by Ctrl-C before there was an outcome.</summary>
    public const int Interrupted = 130;
}
