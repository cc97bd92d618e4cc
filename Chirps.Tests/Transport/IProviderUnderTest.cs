using System.Net;
using Chirps.Quic;

namespace Chirps.Tests.Transport;

/// <summary>One provider of the transport port, and how its time passes.</summary>
internal interface IProviderUnderTest : IDisposable
{
    /// <summary>Opens an endpoint; the test disposes it.</summary>
    ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler);

    /// <summary>An address where nobody ever answers.</summary>
    IPEndPoint Nobody { get; }

    /// <summary>Lets time pass until something holds; a timeout names what did not happen.</summary>
    Task Until(Func<bool> condition, string name);

    /// <summary>Runs actions at the same time where the provider has threads, else one after another.</summary>
    Task Together(params Action[] actions);

    /// <summary>Ends an endpoint; returns when it has ended.</summary>
    Task Dispose(ITransportEndpoint endpoint);

    /// <summary>Tells that a callback came.</summary>
    void Beat();
}
