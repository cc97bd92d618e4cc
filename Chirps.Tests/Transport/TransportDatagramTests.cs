using Chirps.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Every provider: datagrams.</summary>
public sealed class TransportDatagramTests
{
    public static TheoryData<string> Names => Providers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Head_and_body_arrive_as_one_datagram(string provider)
    {
        using var pair = new Pair(provider);
        var (client, server) = await pair.Connect();

        Assert.True(client.TrySendDatagram("he"u8, "ad"u8, DatagramClass.Probe));
        Assert.True(server.TrySendDatagram("back"u8, default, DatagramClass.Data));

        await pair.Until(() => !pair.Server.Datagrams.IsEmpty && !pair.Client.Datagrams.IsEmpty, "the datagrams arrived");
        Assert.Equal("head"u8.ToArray(), pair.Server.Datagrams.First());
        Assert.Equal("back"u8.ToArray(), pair.Client.Datagrams.First());
        await pair.Until(() => pair.Server.Order.Last() == "batch", "the batch with it ended");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_largest_size_passes_more_and_nothing_at_all_are_refused(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var max = client.MaxDatagramSize;

        Assert.InRange(max, 1100, 4096);
        Assert.False(client.TrySendDatagram(new byte[4097], default, DatagramClass.Data));
        Assert.False(client.TrySendDatagram(default, default, DatagramClass.Data));
        Assert.True(client.TrySendDatagram(new byte[max], default, DatagramClass.Data));
        await pair.Until(() => !pair.Server.Datagrams.IsEmpty, "the largest datagram arrived");
        Assert.Equal(max, pair.Server.Datagrams.First().Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_sent_before_the_connection_is_open(string provider)
    {
        using var pair = new Pair(provider);

        var connection = pair.ClientEndpoint.Connect(pair.Nobody, "server");

        Assert.False(connection.TrySendDatagram("early"u8, default, DatagramClass.Data));
        Assert.Equal(0, connection.MaxDatagramSize);
        Assert.False(connection.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_full_queue_drops_the_oldest_and_counts_it(string provider)
    {
        const int Datagrams = 20;
        using var pair = new Pair(provider, o => o with { DatagramQueueMax = 4 });
        var sent = false;
        pair.Client.OnConnected = connection =>
        {
            // Within a callback nothing leaves, so that the queue must overflow.
            for (var i = 0; i < Datagrams; i++)
            {
                connection.TrySendDatagram([(byte)i], default, DatagramClass.Data);
            }

            sent = true;
        };

        var (client, _) = await pair.Connect();

        await pair.Until(() => sent && pair.Server.Datagrams.Any(datagram => datagram[0] == Datagrams - 1), "the newest arrived");
        Assert.DoesNotContain(pair.Server.Datagrams, datagram => datagram[0] < Datagrams - 4);
        await pair.Until(() => client.GetStatistics().DatagramsDropped == Datagrams - 4, "the others are counted");
    }
}
