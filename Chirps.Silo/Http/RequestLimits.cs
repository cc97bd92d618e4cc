using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Chirps.Silo.Http;

/// <summary>What callers may use up: connections, time, bytes, requests.</summary>
internal static class RequestLimits
{
    private const int PrefixBytes = 8;
    private static readonly TimeSpan _idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(100);

    public static void Apply(this HttpOptions options, KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = options.RequestBytesMax;
        limits.MaxConcurrentConnections = options.ConnectionsMax;
        limits.RequestHeadersTimeout = options.HeadersTimeout;
        limits.KeepAliveTimeout = _idle;
    }

    public static void AddRequestLimits(this IServiceCollection services, HttpOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsFree(context.Request.Path)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(Caller(context.Connection.RemoteIpAddress), _ => Bucket(options)));
        limiter.OnRejected = async (rejected, cancellationToken) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? Math.Max(1, Math.Ceiling(time.TotalSeconds)) : 1;
            rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await rejected.HttpContext.Response.WriteAsJsonAsync(new { error = "too many requests from this address (Chirps:Http:RequestsPerSecond)" }, cancellationToken);
        };
    });

    /// <summary>Probes of health are cheap, and must not fail because somebody else floods from the same address.</summary>
    private static bool IsFree(PathString path) => path.Value is "/healthz" or "/readyz";

    private static TokenBucketRateLimiterOptions Bucket(HttpOptions options)
    {
        // In steps of a tenth of a second, where there is at least one request for each.
        var isSlow = options.RequestsPerSecond < 10;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestBurst,
            TokensPerPeriod = isSlow ? options.RequestsPerSecond : options.RequestsPerSecond / 10,
            ReplenishmentPeriod = isSlow ? TimeSpan.FromSeconds(1) : _period,
            QueueLimit = 0,
        };
    }

    /// <summary>One IPv4 address, or one IPv6 network of 64 bits: a caller has as many addresses of the latter as it likes.</summary>
    private static string Caller(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, PrefixBytes)),
        _ => address.ToString(),
    };
}
