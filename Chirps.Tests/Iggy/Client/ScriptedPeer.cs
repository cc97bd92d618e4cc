using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Requests;
using Chirps.Tests.Iggy.Protocol;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Iggy.Client;

/// <summary>The server's end of one connection.</summary>
internal sealed class ScriptedPeer(Stream stream, IIggyDialect dialect) : IAsyncDisposable
{
    /// <summary>The next request.</summary>
    public async Task<ReceivedRequest> ReceiveAsync()
    {
        var header = await ReadAsync(dialect.Frames.RequestHeaderBytes);
        Assert.Equal(FrameState.Ready, dialect.Frames.TryReadRequest(header, IggyLimits.FrameBytesMax, out var head));
        return new ReceivedRequest(head, await ReadAsync(head.BodyLength));
    }

    /// <summary>The next request, which must be of a command.</summary>
    public async Task<ReceivedRequest> ReceiveAsync(IggyCommand command)
    {
        var request = await ReceiveAsync();
        Assert.Equal(command, request.Head.Command);
        return request;
    }

    /// <summary>Reads a login and lets the client in.</summary>
    public async Task<LoginRequest> LogInAsync()
    {
        var request = await ReceiveAsync();
        Assert.True(dialect.Bodies.TryReadLogin(request.Head.Command, request.Body, out var login));
        await AnswerAsync(request, IggyStatus.Ok, buffer => dialect.Bodies.WriteLoginReply(buffer, new LoginReply(0, 42, VsrDialect.ProtocolVersion, "0.9.0")));
        return login;
    }

    public Task AnswerAsync(ReceivedRequest request, IggyStatus status = IggyStatus.Ok, Action<WireBuffer>? write = null)
        => SendAsync(Frames.Response(dialect, request.Head, status, write));

    public async Task SendAsync(byte[] bytes) => await stream.WriteAsync(bytes);

    /// <summary>Waits until the client has closed its end, whatever it sends before that.</summary>
    public async Task ExpectEndAsync()
    {
        using var patience = new CancellationTokenSource(Expect.Patience);
        var rest = new byte[1024];
        try
        {
            while (await stream.ReadAsync(rest, patience.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed as well.
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<byte[]> ReadAsync(int count)
    {
        using var patience = new CancellationTokenSource(Expect.Patience);
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }
}

/// <summary>A request as it came.</summary>
internal sealed record ReceivedRequest(RequestHead Head, byte[] Body);
