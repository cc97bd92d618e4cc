using System.Diagnostics;
using System.Runtime.InteropServices;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Logins, clients, the server itself.</summary>
internal sealed partial class CommandHandler
{
    /// <summary>What a client calls itself at login to be told where its messages were stored.</summary>
    private const string PlacesContext = "chirps";

    private const string ServerVersion = "0.8.0";
    private const uint ServerVersionNumber = 8_000;

    /// <summary>The version of the VSR protocol that is spoken, 0.11.0: major, minor and patch in 12, 10 and 10 bits.</summary>
    private const uint VsrVersion = 11 << 10;
    private const string VsrServerVersion = "0.9.0";
    private const int PatchBits = 10;
    private const byte ActiveUser = 1;

    private IggyStatus LogIn(Request request, IggyCommand command)
    {
        var bodies = request.Client.Dialect.Bodies;
        if (!bodies.TryReadLogin(command, request.Payload.Span, out var login))
        {
            return IggyStatus.InvalidCommand;
        }

        var isVsr = request.Client.Dialect.Kind == IggyDialect.Vsr;
        if (isVsr && login.ProtocolVersion >> PatchBits != VsrVersion >> PatchBits)
        {
            return IggyStatus.IncompatibleProtocol;
        }

        var status = server.Accounts.Check(login);
        if (status == IggyStatus.Ok)
        {
            request.Client.LogIn(wantsPlaces: isVsr || login.Context.StartsWith(PlacesContext, StringComparison.Ordinal));
            bodies.WriteLoginReply(request.Reply, isVsr ? new LoginReply(Accounts.UserId, request.Client.Id, VsrVersion, VsrServerVersion) : new LoginReply(Accounts.UserId, 0, 0, ""));
        }

        return status;
    }

    private IggyStatus LogOut(Request request)
    {
        request.Client.LogOut();
        foreach (var (_, topic) in Storage.Topics)
        {
            topic.Leave(request.Client.Id);
        }

        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> CreateTokenAsync(Request request)
    {
        if (!request.TryRead(out CreateTokenRequest create))
        {
            return IggyStatus.InvalidCommand;
        }

        var (status, token) = await server.Accounts.CreateTokenAsync(create).ConfigureAwait(false);
        if (status == IggyStatus.Ok)
        {
            request.Reply.WriteName(token);
        }

        return status;
    }

    private async ValueTask<IggyStatus> DeleteTokenAsync(Request request)
        => request.TryRead(out NameRequest delete)
            ? (await Storage.ChangeAsync(catalog => catalog.RemoveToken(delete.Name)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private IggyStatus GetTokens(Request request)
    {
        foreach (var token in Storage.State.Tokens)
        {
            new TokenInfo(token.Name, token.ExpiresMicroseconds).Write(request.Reply);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetUser(Request request)
    {
        if (!request.TryRead(out UserTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (target.User.Name is { } name ? name == server.Options.User : target.User.Number == Accounts.UserId)
        {
            new UserDetails(TheUser(), ReadOnlyMemory<byte>.Empty).Write(request.Reply, request.Client.Dialect.Bodies);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetUsers(Request request)
    {
        request.Client.Dialect.Bodies.WriteUser(request.Reply, TheUser());
        return IggyStatus.Ok;
    }

    private UserInfo TheUser() => new(Accounts.UserId, server.StartMicroseconds, ActiveUser, server.Options.User);

    private IggyStatus GetMe(Request request)
    {
        Write(request.Reply, request.Client);
        return IggyStatus.Ok;
    }

    private IggyStatus GetClient(Request request)
    {
        if (!request.TryRead(out ClientTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (target.Client == 0)
        {
            return IggyStatus.InvalidClientId;
        }

        if (server.Clients.TryGetValue(target.Client, out var client))
        {
            Write(request.Reply, client);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetClients(Request request)
    {
        foreach (var client in server.Clients.Values.OrderBy(client => client.Id))
        {
            Describe(client, MembershipsOf(client).Length).Write(request.Reply);
        }

        return IggyStatus.Ok;
    }

    private void Write(WireBuffer reply, ClientSession client)
    {
        var memberships = MembershipsOf(client);
        Describe(client, memberships.Length).Write(reply);
        foreach (var membership in memberships)
        {
            membership.Write(reply);
        }
    }

    private static ClientInfo Describe(ClientSession client, int memberships)
        => new(client.Id, client.IsLoggedIn ? Accounts.UserId : null, ClientTransport.Tcp, client.Remote.ToString(), (uint)memberships);

    private GroupMembership[] MembershipsOf(ClientSession client) =>
    [
        .. from stream in Storage.State.Streams.Values
           from topic in stream.Topics.Values
           from @group in Storage.Find(topic)?.GroupsOf(client.Id) ?? []
           select new GroupMembership(stream.Id, topic.Id, @group),
    ];

    /// <summary>The cluster is this server, at the address the client has reached it by.</summary>
    private static IggyStatus GetCluster(Request request)
    {
        var local = request.Client.Local;
        var address = local.Address.IsIPv4MappedToIPv6 ? local.Address.MapToIPv4() : local.Address;
        new ClusterInfo("chirps", [new ClusterNode("chirps", address.ToString(), (ushort)local.Port, 0, 0, 0, 0, 0)]).Write(request.Reply);
        return IggyStatus.Ok;
    }

    private IggyStatus GetStats(Request request)
    {
        var catalog = Storage.State;
        var topics = catalog.Streams.Values.SelectMany(stream => stream.Topics.Values).ToArray();
        var partitions = Storage.Topics.SelectMany(topic => topic.Value.Partitions).ToArray();
        var memory = GC.GetGCMemoryInfo();
        using var process = Process.GetCurrentProcess();
        new ServerStats
        {
            ProcessId = (uint)Environment.ProcessId,
            MemoryBytes = (ulong)process.WorkingSet64,
            TotalMemoryBytes = (ulong)memory.TotalAvailableMemoryBytes,
            AvailableMemoryBytes = (ulong)Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes),
            RunMicroseconds = Storage.Now() - Math.Min(Storage.Now(), server.StartMicroseconds),
            StartMicroseconds = server.StartMicroseconds,
            MessagesBytes = Sum(partitions, partition => (ulong)partition.Log.SizeBytes),
            Streams = (uint)catalog.Streams.Count,
            Topics = (uint)topics.Length,
            Partitions = (uint)partitions.Length,
            Segments = (uint)partitions.Sum(partition => partition.Log.SegmentCount),
            Messages = Sum(partitions, partition => partition.Messages),
            Clients = (uint)server.Clients.Count,
            Groups = (uint)topics.Sum(topic => topic.Groups.Count),
            HostName = Environment.MachineName,
            OsName = RuntimeInformation.RuntimeIdentifier,
            OsVersion = Environment.OSVersion.VersionString,
            KernelVersion = Environment.OSVersion.Version.ToString(),
            ServerVersion = ServerVersion,
            ServerVersionNumber = ServerVersionNumber,
            Threads = (uint)ThreadPool.ThreadCount,
        }.Write(request.Reply);
        return IggyStatus.Ok;
    }
}
