using System.Net.Security;
using Chirps.Iggy.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Iggy.Client;

/// <summary>Where an Iggy server is, who logs in, and how patient the client is.</summary>
public sealed record IggyClientOptions
{
    /// <summary>The port servers listen at when none is given.</summary>
    public const int DefaultPort = 8090;

    /// <summary>Name or address of the server.</summary>
    /// <value>This machine by default.</value>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its TCP port.</summary>
    /// <value>8090 by default.</value>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether the connection is inside TLS.</summary>
    /// <value>Off by default.</value>
    public bool UseTls { get; init; }

    /// <summary>Makes the TLS settings of one connection: trust, client certificate, name. Called for every connection, so that renewed certificates are taken up.</summary>
    /// <value>None by default: the platform's trust, and <see cref="Host"/> as the name.</value>
    public Func<SslClientAuthenticationOptions>? Tls { get; init; }

    /// <summary>The user name.</summary>
    /// <value>"iggy", the root user, by default.</value>
    public string User { get; init; } = "iggy";

    /// <summary>The password.</summary>
    /// <remarks>A password in a configuration is easily seen: prefer <see cref="PasswordFile"/> or <see cref="PasswordVariable"/>.</remarks>
    /// <value>None by default.</value>
    public string? Password { get; init; }

    /// <summary>A file with the password, line ends at its end ignored; read at every login.</summary>
    /// <value>None by default.</value>
    public string? PasswordFile { get; init; }

    /// <summary>An environment variable with the password; read at every login.</summary>
    /// <value>None by default.</value>
    public string? PasswordVariable { get; init; }

    /// <summary>A personal access token, instead of user name and password.</summary>
    /// <value>None by default.</value>
    public string? Token { get; init; }

    /// <summary>A file with a personal access token, instead of user name and password; read at every login.</summary>
    /// <value>None by default.</value>
    public string? TokenFile { get; init; }

    /// <summary>An environment variable with a personal access token, instead of user name and password; read at every login.</summary>
    /// <value>None by default.</value>
    public string? TokenVariable { get; init; }

    /// <summary>The protocol the server speaks.</summary>
    /// <remarks>Finding out takes a connection of its own and, from a server that stays silent, <see cref="DetectionPatience"/>.</remarks>
    /// <value>Found out when connecting by default.</value>
    public IggyDialect Dialect { get; init; } = IggyDialect.Auto;

    /// <summary>How long a server may stay silent to a ping in VSR before it counts as classic.</summary>
    /// <value>One second by default.</value>
    public TimeSpan DetectionPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The protocol version offered to servers that speak VSR: major, minor and patch in 12, 10 and 10 bits.</summary>
    /// <remarks>Servers of version 0 refuse clients of another minor version.</remarks>
    /// <value>0.11.0 by default.</value>
    public uint VsrProtocolVersion { get; init; } = Protocol.Dialects.VsrDialect.ProtocolVersion;

    /// <summary>How long connecting and logging in may take, each.</summary>
    /// <value>Ten seconds by default.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take, waiting for a connection included. A server silent for so long while it owes answers is disconnected.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the second attempt to connect; it doubles with each further one, and is varied by up to a half.</summary>
    /// <value>100 milliseconds by default.</value>
    public TimeSpan ReconnectDelayMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between attempts to connect.</summary>
    /// <value>Five seconds by default.</value>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a ping is sent.</summary>
    /// <remarks>Servers that speak VSR drop clients silent for 36 seconds.</remarks>
    /// <value>Five seconds by default; <see cref="Timeout.InfiniteTimeSpan"/> for never.</value>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most calls under way at once; further ones wait.</summary>
    /// <value>1,024 by default.</value>
    public int OutstandingMax { get; init; } = 1024;

    /// <summary>Bytes not yet given to the connection above which further calls wait.</summary>
    /// <value>8 MiB by default.</value>
    public int QueuedBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Largest answer taken, in bytes; a larger one ends the connection.</summary>
    /// <value>64 MiB by default.</value>
    public int ResponseBytesMax { get; init; } = IggyLimits.FrameBytesMax;

    /// <summary>Whether the checksum of each polled message is compared.</summary>
    /// <value>On by default.</value>
    public bool VerifyChecksums { get; init; } = true;

    /// <summary>What the client says of itself when it logs in.</summary>
    /// <value>"chirps" by default.</value>
    public string Context { get; init; } = "chirps";

    /// <summary>The clock.</summary>
    /// <value>The system's by default.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called, from any thread, when the client has logged in and when that connection is lost. It must not wait for anything.</summary>
    /// <value>None by default.</value>
    public Action? ConnectionChanged { get; init; }

    /// <summary>Told of connections made and lost.</summary>
    /// <value>Nobody by default.</value>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Reads <c>iggy://user:password@host:port</c> or <c>iggy+tls://…</c>.</summary>
    /// <param name="url">
    /// Parts may be left out except scheme and host; user name and password are percent-encoded. Behind a question mark:
    /// <c>dialect=auto|classic|vsr</c>, <c>password-file</c>, <c>password-env</c>, <c>token-file</c>, <c>token-env</c>, <c>ca-file</c>
    /// (PEM certificates to trust instead of the platform's).
    /// </param>
    /// <returns>Options with everything else at its default.</returns>
    /// <exception cref="FormatException">It is not such a URL. The message does not repeat it, for it may hold a password.</exception>
    public static IggyClientOptions FromUrl(string url) => IggyUrl.Parse(url);

    /// <summary>Host and port, without any secret.</summary>
    public override string ToString() => $"{(UseTls ? IggyUrl.TlsScheme : IggyUrl.PlainScheme)}://{Host}:{Port}";
}
