using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>Opens the stream of a connection, and finds out what a server speaks.</summary>
internal static class ConnectionOpener
{
    /// <summary>Connects, without Nagle's algorithm, and negotiates TLS where it is asked for.</summary>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="AuthenticationException">TLS failed.</exception>
    public static async Task<Stream> OpenAsync(IggyClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false);
            var plain = new NetworkStream(socket, ownsSocket: true);
            return options.UseTls ? await SecureAsync(plain, options, cancellationToken).ConfigureAwait(false) : plain;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new IOException($"{options} cannot be reached: {failure.Message}", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Finds out what the server speaks, on a connection of its own: a classic server takes a VSR ping for a string of small frames.</summary>
    public static async Task<IIggyDialect> DetectAsync(IggyClientOptions options, CancellationToken cancellationToken)
    {
        var stream = await OpenAsync(options, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var ping = new WireBuffer();
            var frames = VsrDialect.Instance.Frames;
            var mark = frames.BeginRequest(ping, IggyCommand.Ping, new WireSession(1));
            frames.EndRequest(ping, mark);
            using var patience = new CancellationTokenSource(options.DetectionPatience, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            var answer = new byte[VsrFrames.HeaderBytes];
            var received = 0;
            try
            {
                await stream.WriteAsync(ping.Memory, either.Token).ConfigureAwait(false);
                do
                {
                    var read = await stream.ReadAsync(answer.AsMemory(received), either.Token).ConfigureAwait(false);
                    received = read == 0 ? answer.Length : received + read;
                }
                while (received < answer.Length && !answer.AsSpan(0, Math.Min(received, DialectDetection.BytesNeeded)).ContainsAnyExcept((byte)0));
            }
            catch (Exception failure) when (failure is IOException || (failure is OperationCanceledException && patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
            {
                return ClassicDialect.Instance;
            }

            return DialectDetection.IsVsrReply(answer) ? VsrDialect.Instance : ClassicDialect.Instance;
        }
    }

    private static async Task<Stream> SecureAsync(NetworkStream plain, IggyClientOptions options, CancellationToken cancellationToken)
    {
        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            var settings = options.Tls?.Invoke() ?? new SslClientAuthenticationOptions();
            settings.TargetHost ??= options.Host;
            await secure.AuthenticateAsClientAsync(settings, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
