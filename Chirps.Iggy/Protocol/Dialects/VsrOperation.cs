using System.Collections.Frozen;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The operations by which VSR frames say what they carry.</summary>
internal static class VsrOperation
{
    /// <summary>A login.</summary>
    public const byte Register = 1;

    /// <summary>Anything that is not replicated; the command is told besides.</summary>
    public const byte Other = 2;

    /// <summary>A logout.</summary>
    public const byte Logout = 3;

    private const byte FirstMetadata = 128;
    private const byte LastMetadata = 149;
    private const byte DeleteSegments = 138;
    private const byte StoreOffset = 161;
    private const byte DeleteOffset = 162;

    private static readonly FrozenDictionary<byte, IggyCommand> _commands = new Dictionary<byte, IggyCommand>
    {
        [Register] = IggyCommand.LoginRegister,
        [Logout] = IggyCommand.LogoutUser,
        [128] = IggyCommand.CreateStream,
        [129] = IggyCommand.UpdateStream,
        [130] = IggyCommand.DeleteStream,
        [131] = IggyCommand.PurgeStream,
        [132] = IggyCommand.CreateTopic,
        [133] = IggyCommand.UpdateTopic,
        [134] = IggyCommand.DeleteTopic,
        [135] = IggyCommand.PurgeTopic,
        [136] = IggyCommand.CreatePartitions,
        [137] = IggyCommand.DeletePartitions,
        [DeleteSegments] = IggyCommand.DeleteSegments,
        [139] = IggyCommand.CreateGroup,
        [140] = IggyCommand.DeleteGroup,
        [141] = IggyCommand.CreateUser,
        [142] = IggyCommand.UpdateUser,
        [143] = IggyCommand.DeleteUser,
        [144] = IggyCommand.ChangePassword,
        [145] = IggyCommand.UpdatePermissions,
        [146] = IggyCommand.CreateToken,
        [147] = IggyCommand.DeleteToken,
        [148] = IggyCommand.JoinGroup,
        [149] = IggyCommand.LeaveGroup,
        [160] = IggyCommand.SendMessages,
        [StoreOffset] = IggyCommand.StoreConsumerOffset,
        [DeleteOffset] = IggyCommand.DeleteConsumerOffset,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<IggyCommand, byte> _operations = _commands
        .Select(pair => KeyValuePair.Create(pair.Value, pair.Key))
        .Append(KeyValuePair.Create(IggyCommand.LoginRegisterWithToken, Register))
        .ToFrozenDictionary();

    /// <summary>The operation of a command.</summary>
    public static byte Of(IggyCommand command) => _operations.GetValueOrDefault(command, Other);

    /// <summary>The command of an operation; <see cref="IggyCommand.None"/> for one clients may not ask for.</summary>
    public static IggyCommand CommandOf(byte operation) => _commands.GetValueOrDefault(operation, IggyCommand.None);

    /// <summary>Whether the request number grows behind an operation.</summary>
    public static bool Counts(byte operation) => operation is Logout or (>= FirstMetadata and <= LastMetadata);

    /// <summary>Whether the body of a reply begins with a result.</summary>
    public static bool HasResult(byte operation) => operation is (>= FirstMetadata and <= LastMetadata and not DeleteSegments) or StoreOffset or DeleteOffset;
}
