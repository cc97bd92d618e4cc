using System.Net;

namespace Chirps.Quic;

/// <summary>One UDP port that dials and accepts connections of one cluster.</summary>
/// <remarks>All members may be called from any thread, from inside a handler callback too. Disposing closes every
/// connection with a close packet, delivers the outstanding <see cref="ITransportHandler.Closed"/> calls, stops the
/// thread and frees all native memory; called from inside a callback it only starts this and returns.</remarks>
public interface ITransportEndpoint : IDisposable
{
    /// <summary>The library and its version, for example <c>ngtcp2 1.11.0, gnutls 3.7.9</c>.</summary>
    string Provider { get; }

    /// <summary>What this provider can do on this machine.</summary>
    TransportFeatures Features { get; }

    /// <summary>Whether it serves: not disposed, and its thread has not failed.</summary>
    bool IsOpen { get; }

    /// <summary>The address the socket is bound to, with the real port.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Our own cluster and node, as read from our certificate.</summary>
    TransportIdentity Identity { get; }

    /// <summary>Starts a handshake and returns at once.</summary>
    /// <remarks>The result arrives as <see cref="ITransportHandler.Connected"/>, or as
    /// <see cref="ITransportHandler.Closed"/> with the reason. Streams may be opened and written before that; the bytes
    /// leave when the handshake allows it. When the expected node gave us a ticket before, the handshake resumes that
    /// session.</remarks>
    /// <param name="remote">Where the peer listens. IPv4 addresses are mapped when the endpoint is bound to <c>[::]</c>.</param>
    /// <param name="expectedNode">The node that must answer, or null for any node of our cluster.</param>
    /// <exception cref="ArgumentException">The address family does not fit the bound socket, or the port is 0.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint was disposed.</exception>
    ITransportConnection Connect(IPEndPoint remote, string? expectedNode);

    /// <summary>Uses other material for handshakes from now on; open connections keep theirs and stay open.</summary>
    /// <remarks>Tickets for resumption that were made before are refused from now on.</remarks>
    /// <exception cref="TlsMaterialException">The material cannot be used, or names another node; nothing has changed.</exception>
    void ReplaceCredentials(TlsMaterial material);

    /// <summary>Counters since the endpoint was opened. Never blocks.</summary>
    EndpointStatistics GetStatistics();
}
