using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>What the server bears from peers that are not honest, not able, or too many.</summary>
public sealed class ServerLimitTests
{
    [Fact]
    public async Task A_length_too_short_for_a_command_is_answered_and_the_connection_goes_on()
    {
        await using var kit = await ServerKit.StartAsync();
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        peer.Send([3, 0, 0, 0, 1, 2, 3, .. RawPeer.Request(1, [])]);

        Assert.Equal((uint)IggyStatus.InvalidCommand, (await peer.ReceiveAsync()).Status);
        Assert.Equal(0U, (await peer.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task Nothing_but_ping_and_login_works_before_the_login()
    {
        await using var kit = await ServerKit.StartAsync();
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        peer.Send([.. RawPeer.Request(201, []), .. RawPeer.Request(101, [1]), .. RawPeer.Login, .. RawPeer.Request(201, []), .. RawPeer.Request(999, [])]);

        Assert.Equal((uint)IggyStatus.Unauthenticated, (await peer.ReceiveAsync()).Status);
        Assert.Equal((uint)IggyStatus.Unauthenticated, (await peer.ReceiveAsync()).Status);
        Assert.Equal([0, 0, 0, 0], (await peer.ReceiveAsync()).Payload);
        Assert.Equal(0U, (await peer.ReceiveAsync()).Status);
        Assert.Equal((uint)IggyStatus.InvalidCommand, (await peer.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task A_malformed_payload_of_every_command_is_answered_and_harms_nobody()
    {
        await using var kit = await ServerKit.StartAsync();
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        peer.Send(RawPeer.Login);
        await peer.ReceiveAsync();

        for (var code = 10U; code < 700; code++)
        {
            peer.Send(RawPeer.Request(code, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
            await peer.ReceiveAsync();
            if (code == 39)
            {
                peer.Send(RawPeer.Login);
                await peer.ReceiveAsync();
            }
        }

        Assert.Empty(await kit.Connect().GetStreamsAsync());
    }

    [Theory]
    [InlineData(ushort.MaxValue + 2 + 4, false)]
    [InlineData((64 * 1024 * 1024) + (128 * 1024) + 1 + 4, true)]
    public async Task A_frame_above_the_limit_closes_the_connection_before_it_is_read(int length, bool afterLogin)
    {
        await using var kit = await ServerKit.StartAsync();
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        if (afterLogin)
        {
            peer.Send(RawPeer.Login);
            await peer.ReceiveAsync();
        }

        peer.Send([.. BitConverter.GetBytes(length), .. BitConverter.GetBytes(101)]);

        Assert.True(await peer.IsClosedAsync());
    }

    [Fact]
    public async Task Who_does_not_log_in_in_time_is_cut_off()
    {
        await using var kit = await ServerKit.StartAsync(options => options with { LoginTimeout = TimeSpan.FromMilliseconds(200) });
        using var silent = new RawPeer(kit.Server.LocalEndPoint);
        using var slow = new RawPeer(kit.Server.LocalEndPoint);
        slow.Send([4, 0, 0]);

        Assert.True(await silent.IsClosedAsync());
        Assert.True(await slow.IsClosedAsync());
    }

    [Fact]
    public async Task Who_begins_a_request_and_does_not_finish_is_cut_off()
    {
        await using var kit = await ServerKit.StartAsync(options => options with { TransferTimeout = TimeSpan.FromMilliseconds(200) });
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        peer.Send(RawPeer.Login);
        await peer.ReceiveAsync();
        peer.Send([100, 0, 0, 0, 101, 0, 0, 0, 1]);

        Assert.True(await peer.IsClosedAsync());
    }

    [Fact]
    public async Task Who_guesses_passwords_is_cut_off()
    {
        await using var kit = await ServerKit.StartAsync();
        using var peer = new RawPeer(kit.Server.LocalEndPoint);
        var wrong = RawPeer.Request(38, [4, .. "iggy"u8, 3, .. "abc"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            peer.Send(wrong);
            Assert.Equal((uint)IggyStatus.InvalidCredentials, (await peer.ReceiveAsync()).Status);
        }

        Assert.True(await peer.IsClosedAsync());
    }

    [Fact]
    public async Task One_connection_above_the_limit_is_closed_and_those_before_it_stay()
    {
        await using var kit = await ServerKit.StartAsync(options => options with { ConnectionsMax = 1 });
        using var first = new RawPeer(kit.Server.LocalEndPoint);
        first.Send(RawPeer.Login);
        await first.ReceiveAsync();
        using var second = new RawPeer(kit.Server.LocalEndPoint);

        Assert.True(await second.IsClosedAsync());
        first.Send(RawPeer.Request(1, []));
        Assert.Equal(0U, (await first.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task A_reader_that_takes_no_answers_is_cut_off_and_others_are_served()
    {
        await using var kit = await ServerKit.StartAsync(options => options with { TransferTimeout = TimeSpan.FromSeconds(1), MemoryBytesMax = options.RequestBytesMax });
        var client = await kit.ConnectWithTopicAsync();
        await client.SendAsync("s", "t", Partitioning.To(0), new IggyMessage(new byte[2 * 1024 * 1024]));
        using var reader = new RawPeer(kit.Server.LocalEndPoint);
        reader.Send(RawPeer.Login);
        await reader.ReceiveAsync();
        byte[] poll = [1, 1, 4, 1, 0, 0, 0, 2, 1, .. "s"u8, 2, 1, .. "t"u8, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        var polls = Enumerable.Repeat(RawPeer.Request(100, poll), 200).SelectMany(bytes => bytes).ToArray();
        reader.Send(polls);

        await Expect.Eventually(() => kit.Server.Connections == 1, "the connection of the reader is gone");
        using var polled = await client.PollAsync(IggyConsumer.Of(2), "s", "t", 0, PollingStrategy.First, 1);
        Assert.Equal(1, polled.Count);
    }

    [Fact]
    public async Task A_stop_finishes_what_was_accepted()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();
        var sends = Enumerable.Range(0, 300).Select(number => client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(number)).AsTask()).ToArray();
        await sends[0];
        await kit.Server.DisposeAsync();
        var confirmed = sends.TakeWhile(send => send.IsCompletedSuccessfully).Count();
        await kit.RestartAsync();

        var stored = await ServerKit.PollAsync(kit.Connect(), PollingStrategy.First, 1000);
        Assert.True(stored.Count >= confirmed);
        Assert.Equal(Enumerable.Range(0, stored.Count), stored);
        await Task.WhenAll(sends.Select(send => Record.ExceptionAsync(() => send)));
    }

    [Fact]
    public async Task With_mutual_tls_only_a_client_with_a_certificate_gets_in()
    {
        using var certificate = SelfSigned();
        await using var kit = await ServerKit.StartAsync(options => options with
        {
            Tls = () => new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
            },
        });
        SslClientAuthenticationOptions Tls(X509Certificate2Collection own) => new()
        {
            TargetHost = "localhost",
            ClientCertificates = own,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
        };

        await kit.Connect(change: options => options with { UseTls = true, Tls = () => Tls([certificate]) }).PingAsync();
        var stranger = kit.Connect(change: options => options with { UseTls = true, Tls = () => Tls([]), ConnectTimeout = TimeSpan.FromSeconds(2), RequestTimeout = TimeSpan.FromSeconds(2) });

        var refused = await Record.ExceptionAsync(() => stranger.PingAsync().AsTask());
        Assert.True(refused is IggyException or AuthenticationException, $"{refused}");
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
    }
}
