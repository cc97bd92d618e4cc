namespace Chirps.Tests.Iggy.Protocol;

/// <summary>Bytes as Iggy's own clients and servers have them on the wire.</summary>
internal static class Vectors
{
    /// <summary>Ping request.</summary>
    public static byte[] Ping { get; } = Bytes("04 00 00 00 01 00 00 00");

    /// <summary>Empty OK response.</summary>
    public static byte[] EmptyOk { get; } = Bytes("00 00 00 00 00 00 00 00");

    /// <summary>Error response, status 2010 (topic not found).</summary>
    public static byte[] TopicNotFound { get; } = Bytes("da 07 00 00 00 00 00 00");

    /// <summary>Login iggy/iggy, version "1.0", context "chirps".</summary>
    public static byte[] Login { get; } = Bytes("""
        1f 00 00 00 26 00 00 00 04 69 67 67 79 04 69 67
        67 79 03 00 00 00 31 2e 30 06 00 00 00 63 68 69
        72 70 73
        """);

    /// <summary>Login response, user id 0.</summary>
    public static byte[] LoginReply { get; } = Bytes("00 00 00 00 04 00 00 00 00 00 00 00");

    /// <summary>Create stream "orders".</summary>
    public static byte[] CreateStream { get; } = Bytes("0b 00 00 00 ca 00 00 00 06 6f 72 64 65 72 73");

    /// <summary>Create stream response, id 0, created 1700000000000000 us.</summary>
    public static byte[] CreateStreamReply { get; } = Bytes("""
        00 00 00 00 27 00 00 00 00 00 00 00 00 40 1e 18
        24 0a 06 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 06 6f 72 64 65 72 73
        """);

    /// <summary>Create topic "t" in stream "orders", 3 partitions, no compression, default expiry, unlimited size, RF default.</summary>
    public static byte[] CreateTopic { get; } = Bytes("""
        24 00 00 00 2e 01 00 00 02 06 6f 72 64 65 72 73
        03 00 00 00 01 00 00 00 00 00 00 00 00 ff ff ff
        ff ff ff ff ff 00 01 74
        """);

    /// <summary>User headers block { "k" (string) : 7 (int32) }.</summary>
    public static byte[] UserHeaders { get; } = Bytes("02 01 00 00 00 6b 06 04 00 00 00 07 00 00 00");

    /// <summary>Send 1 message to stream "orders", topic id 0, partition 1.</summary>
    public static byte[] Send { get; } = Bytes("""
        84 00 00 00 65 00 00 00 18 00 00 00 02 06 6f 72
        64 65 72 73 01 04 00 00 00 00 02 04 01 00 00 00
        01 00 00 00 00 00 00 00 54 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 0f 0e 0d 0c
        0b 0a 09 08 07 06 05 04 03 02 01 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 40 1e 18
        24 0a 06 00 0f 00 00 00 05 00 00 00 00 00 00 00
        00 00 00 00 68 65 6c 6c 6f 02 01 00 00 00 6b 06
        04 00 00 00 07 00 00 00
        """);

    /// <summary>Poll: consumer "c1", stream "orders", topic 0, partition 1, offset 0, count 10, no auto commit.</summary>
    public static byte[] Poll { get; } = Bytes("""
        2a 00 00 00 64 00 00 00 01 02 02 63 31 02 06 6f
        72 64 65 72 73 01 04 00 00 00 00 01 01 00 00 00
        01 00 00 00 00 00 00 00 00 0a 00 00 00 00
        """);

    /// <summary>Poll response with that message at offset 0, broker time 1700000000000005, checksum 0x3563c07264575974.</summary>
    public static byte[] PollReply { get; } = Bytes("""
        00 00 00 00 64 00 00 00 01 00 00 00 00 00 00 00
        00 00 00 00 01 00 00 00 74 59 57 64 72 c0 63 35
        0f 0e 0d 0c 0b 0a 09 08 07 06 05 04 03 02 01 00
        00 00 00 00 00 00 00 00 05 40 1e 18 24 0a 06 00
        00 40 1e 18 24 0a 06 00 0f 00 00 00 05 00 00 00
        00 00 00 00 00 00 00 00 68 65 6c 6c 6f 02 01 00
        00 00 6b 06 04 00 00 00 07 00 00 00
        """);

    /// <summary>Store offset 41, consumer 7, stream 0, topic 0, partition 1.</summary>
    public static byte[] StoreOffset { get; } = Bytes("""
        24 00 00 00 79 00 00 00 01 01 04 07 00 00 00 01
        04 00 00 00 00 01 04 00 00 00 00 01 01 00 00 00
        29 00 00 00 00 00 00 00
        """);

    /// <summary>Get offset response: partition 1, current 99, stored 41.</summary>
    public static byte[] GetOffsetReply { get; } = Bytes("""
        00 00 00 00 14 00 00 00 01 00 00 00 63 00 00 00
        00 00 00 00 29 00 00 00 00 00 00 00
        """);

    /// <summary>Join consumer group "g" on stream 0 / topic 0.</summary>
    public static byte[] JoinGroup { get; } = Bytes("""
        13 00 00 00 5c 02 00 00 01 04 00 00 00 00 01 04
        00 00 00 00 02 01 67
        """);

    /// <summary>Ping, client id 1, no session.</summary>
    public static byte[] VsrPing { get; } = Sparse(256, """
        030: 00 01 00 00 00 00 00 00 00 00 00 00 05 00 00 00
        080: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0a0: 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00
        0b0: 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0c0: 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00
        """);

    /// <summary>Login-register iggy/iggy, protocol 0.11.0, sdk "chirps" "1.0".</summary>
    public static byte[] VsrLogin { get; } = Sparse(285, """
        030: 1d 01 00 00 00 00 00 00 00 00 00 00 05 00 00 00
        080: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0b0: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        100: 00 2c 00 00 06 63 68 69 72 70 73 03 31 2e 30 04
        110: 69 67 67 79 04 69 67 67 79 00 00 00 00
        """);

    /// <summary>Login reply: user 0, session 42, server protocol 0.11.0, server "0.9.0".</summary>
    public static byte[] VsrLoginReply { get; } = Sparse(282, """
        030: 1a 01 00 00 00 00 00 00 00 00 00 00 08 00 00 00
        0a0: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0d0: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        100: 00 00 00 00 00 00 00 00 2a 00 00 00 00 00 00 00
        110: 00 2c 00 00 05 30 2e 39 2e 30
        """);

    /// <summary>Metadata rejection (create stream, 1012 already exists) as a committed result.</summary>
    public static byte[] VsrStreamExists { get; } = Sparse(268, """
        030: 0c 01 00 00 00 00 00 00 00 00 00 00 08 00 00 00
        0a0: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0b0: 2a 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        0c0: 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00
        0d0: 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        100: 01 00 00 00 00 00 00 00 f4 03 00 00
        """);

    /// <summary>The same message as a VSR batch, as a producer sends it.</summary>
    public static byte[] VsrBatch { get; } = Sparse(324, """
        010: 00 00 00 00 00 00 00 00 00 40 1e 18 24 0a 06 00
        020: 44 01 00 00 00 00 00 00 6f 7a 74 01 dc 62 ac 2c
        030: 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        100: 91 6e 4c a9 c8 74 35 65 0f 0e 0d 0c 0b 0a 09 08
        110: 07 06 05 04 03 02 01 00 00 00 00 00 00 00 00 00
        120: 0f 00 00 00 05 00 00 00 00 00 00 00 00 00 00 00
        130: 68 65 6c 6c 6f 02 01 00 00 00 6b 06 04 00 00 00
        140: 07 00 00 00
        """);

    private static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));

    /// <summary>Rows of sixteen bytes behind their place; what is left out is zero.</summary>
    private static byte[] Sparse(int length, string rows)
    {
        var bytes = new byte[length];
        foreach (var row in rows.Split('\n'))
        {
            Bytes(row[4..]).CopyTo(bytes, Convert.ToInt32(row[..3], 16));
        }

        return bytes;
    }
}
