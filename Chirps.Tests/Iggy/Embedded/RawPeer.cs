using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>A classic client made of bytes, for what no honest client does.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RawPeer(IPEndPoint endpoint) => _socket.Connect(endpoint);

    /// <summary>The request of a login with user "iggy" and the tests' password.</summary>
    public static byte[] Login => Request(38, [4, .. "iggy"u8, 6, .. "secret"u8, 0, 0, 0, 0, 0, 0, 0, 0]);

    public static byte[] Request(uint code, byte[] payload)
    {
        var frame = new byte[8 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, 4 + payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), code);
        payload.CopyTo(frame, 8);
        return frame;
    }

    public void Send(byte[] bytes) => _socket.Send(bytes);

    /// <summary>Status and payload of the next answer.</summary>
    public async Task<(uint Status, byte[] Payload)> ReceiveAsync()
    {
        var header = await ReceiveAsync(8);
        return (BinaryPrimitives.ReadUInt32LittleEndian(header), await ReceiveAsync(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4))));
    }

    /// <summary>Whether the server ends the connection, whatever it still sends before that.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var timeout = new CancellationTokenSource(Expect.Patience);
        var buffer = new byte[65536];
        try
        {
            while (await _socket.ReceiveAsync(buffer, timeout.Token) > 0)
            {
            }

            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReceiveAsync(int count)
    {
        using var timeout = new CancellationTokenSource(Expect.Patience);
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(at), timeout.Token);
            Assert.True(read > 0, "The server closed the connection instead of answering.");
            at += read;
        }

        return bytes;
    }
}
