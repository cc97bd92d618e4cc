using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Carries requests out. Each method reads the payload, does it, and appends the answer's payload.</summary>
internal sealed partial class CommandHandler(ServerContext server)
{
    private Storage Storage => server.Storage;

    /// <summary>Carries one request out.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="command">What for.</param>
    /// <param name="payload">The request's payload; it may be changed.</param>
    /// <param name="reply">Where the answer's payload goes; what is written counts only when the status is Ok.</param>
    public async ValueTask<IggyStatus> HandleAsync(ClientSession client, IggyCommand command, Memory<byte> payload, WireBuffer reply)
    {
        if (!client.IsLoggedIn && command is not (IggyCommand.Ping or IggyCommand.LoginUser or IggyCommand.LoginWithToken or IggyCommand.LoginRegister or IggyCommand.LoginRegisterWithToken))
        {
            return command == IggyCommand.None ? IggyStatus.InvalidCommand : IggyStatus.Unauthenticated;
        }

        try
        {
            return await DispatchAsync(new Request(client, payload, reply), command).ConfigureAwait(false);
        }
        catch (LogCorruptException)
        {
            return IggyStatus.InvalidMessageChecksum;
        }
        catch (DiskFullException)
        {
            // Nothing was stored: the same request may be sent again.
            return IggyStatus.TransientNotAccepted;
        }
        catch (ObjectDisposedException)
        {
            // The target was removed, or the server stops, while the request was under way.
            return IggyStatus.Disconnected;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return IggyStatus.TransientNotCommitted;
        }
    }

    private ValueTask<IggyStatus> DispatchAsync(Request request, IggyCommand command) => command switch
    {
        IggyCommand.SendMessages => SendAsync(request),
        IggyCommand.PollMessages => PollAsync(request),
        IggyCommand.StoreConsumerOffset => StoreOffsetAsync(request),
        IggyCommand.DeleteConsumerOffset => DeleteOffsetAsync(request),
        IggyCommand.FlushUnsavedBuffer => FlushAsync(request),
        IggyCommand.LoginUser or IggyCommand.LoginWithToken or IggyCommand.LoginRegister or IggyCommand.LoginRegisterWithToken => new(LogIn(request, command)),
        IggyCommand.CreateToken => CreateTokenAsync(request),
        IggyCommand.DeleteToken => DeleteTokenAsync(request),
        IggyCommand.CreateStream => CreateStreamAsync(request),
        IggyCommand.UpdateStream => UpdateStreamAsync(request),
        IggyCommand.DeleteStream => DeleteStreamAsync(request),
        IggyCommand.PurgeStream => PurgeStreamAsync(request),
        IggyCommand.CreateTopic => CreateTopicAsync(request),
        IggyCommand.UpdateTopic => UpdateTopicAsync(request),
        IggyCommand.DeleteTopic => DeleteTopicAsync(request),
        IggyCommand.PurgeTopic => PurgeTopicAsync(request),
        IggyCommand.CreatePartitions => CreatePartitionsAsync(request),
        IggyCommand.DeletePartitions => DeletePartitionsAsync(request),
        IggyCommand.DeleteSegments => DeleteSegmentsAsync(request),
        IggyCommand.CreateGroup => CreateGroupAsync(request),
        IggyCommand.DeleteGroup => DeleteGroupAsync(request),
        _ => new(Query(request, command)),
    };

    /// <summary>What neither changes what is stored nor waits.</summary>
    private IggyStatus Query(Request request, IggyCommand command) => command switch
    {
        IggyCommand.Ping => IggyStatus.Ok,
        IggyCommand.GetConsumerOffset => GetOffset(request),
        IggyCommand.GetStream => GetStream(request),
        IggyCommand.GetStreams => GetStreams(request),
        IggyCommand.GetTopic => GetTopic(request),
        IggyCommand.GetTopics => GetTopics(request),
        IggyCommand.GetGroup => GetGroup(request),
        IggyCommand.GetGroups => GetGroups(request),
        IggyCommand.JoinGroup => JoinGroup(request),
        IggyCommand.LeaveGroup => LeaveGroup(request),
        IggyCommand.SyncGroup => SyncGroup(request),
        IggyCommand.LogoutUser => LogOut(request),
        IggyCommand.GetMe => GetMe(request),
        IggyCommand.GetClient => GetClient(request),
        IggyCommand.GetClients => GetClients(request),
        IggyCommand.GetUser => GetUser(request),
        IggyCommand.GetUsers => GetUsers(request),
        IggyCommand.GetTokens => GetTokens(request),
        IggyCommand.GetStats => GetStats(request),
        IggyCommand.GetClusterMetadata => GetCluster(request),
        IggyCommand.CreateUser or IggyCommand.DeleteUser or IggyCommand.UpdateUser or IggyCommand.UpdatePermissions or IggyCommand.ChangePassword => IggyStatus.FeatureUnavailable,
        IggyCommand.GetSnapshot or IggyCommand.DescribeOptions => IggyStatus.FeatureUnavailable,
        _ => IggyStatus.InvalidCommand,
    };

    /// <summary>One request.</summary>
    private readonly record struct Request(ClientSession Client, Memory<byte> Payload, WireBuffer Reply)
    {
        public bool TryRead<T>(out T request)
            where T : IRequest<T>
            => T.TryRead(Payload.Span, Client.Dialect.Bodies, out request);
    }
}
