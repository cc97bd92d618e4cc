using System.Net;

namespace Chirps.Silo.Http;

/// <summary>
/// Keeps pages of other sites away: they may make a visitor's browser send requests here, with the visitor's cookie and from the
/// visitor's machine. Refused are names that are not the node's (DNS rebinding), requests that say that they come from elsewhere
/// (Fetch Metadata, Origin; WebSocket handshakes carry the latter), and bodies that a plain form can send.
/// </summary>
internal static class CrossSiteMiddleware
{
    private static readonly string[] _loopback = ["localhost", "127.0.0.1", "[::1]"];

    public static void UseSameSiteOnly(this IApplicationBuilder app, HttpOptions options, string address)
    {
        var isLoopback = IPEndPoint.TryParse(address, out var http) && IPAddress.IsLoopback(http.Address);
        app.Use(async (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            // Not "no-referrer": forms of the page itself would then come with the origin "null".
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.XFrameOptions = "DENY";
            if (Refusal(context.Request, options, isLoopback) is not var (status, problem))
            {
                await next(context);
                return;
            }

            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new { error = problem }, context.RequestAborted);
        });
    }

    private static (int Status, string Problem)? Refusal(HttpRequest request, HttpOptions options, bool isLoopback)
    {
        if (!IsHostAllowed(request.Host.Host, options, isLoopback))
        {
            return (StatusCodes.Status400BadRequest, "the host name of the request is none of this node's: call it by an address it listens on, or name it in Chirps:Http:AllowedHosts");
        }

        // Behind a proxy that ends TLS the scheme differs; the authority does not.
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase)))
        {
            return (StatusCodes.Status403Forbidden, "requests of other sites are refused (Origin)");
        }

        var isApi = request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if ((isApi || !isRead) && request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            return (StatusCodes.Status403Forbidden, "requests of other sites are refused (Sec-Fetch-Site)");
        }

        var hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0 || request.ContentType is not null;
        return isApi && !isRead && hasBody && !request.HasJsonContentType()
            ? (StatusCodes.Status415UnsupportedMediaType, "the body must be JSON (Content-Type: application/json)")
            : null;
    }

    private static bool IsHostAllowed(string host, HttpOptions options, bool isLoopback)
        => _loopback.Contains(host, StringComparer.OrdinalIgnoreCase)
            || (!isLoopback && (IPAddress.TryParse(host, out _) || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)))
            || options.AllowedHosts.Any(allowed => allowed == "*" || allowed.Equals(host, StringComparison.OrdinalIgnoreCase));

    /// <summary>Host and port as an origin writes them: without the port that the scheme implies.</summary>
    private static string Authority(HttpRequest request)
        => request.Host.Port is 80 or 443 ? request.Host.Host : request.Host.Value ?? "";
}
