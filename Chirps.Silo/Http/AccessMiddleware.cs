using System.Net.Http.Headers;
using Chirps.Silo.Page;

namespace Chirps.Silo.Http;

/// <summary>
/// Asks every request for the token, or for the session of a browser that has shown it. Without either only health is told, and
/// what the sign-in form is made of.
/// </summary>
internal static class AccessMiddleware
{
    private const string SignIn = "/sign-in";
    private const int FormBytesMax = 8192;
    private const string Problem = "<p class=\"bad\" role=\"alert\">That is not the token of this node.</p>";

    /// <summary>What is served to everybody. Matched exactly.</summary>
    public static IReadOnlyList<string> Open { get; } = ["/healthz", "/readyz", SignIn, "/page/page.css", "/page/icon.svg"];

    public static void UseAccess(this IApplicationBuilder app, HttpToken token) => app.Use(async (context, next) =>
    {
        if (!token.IsNeeded || Open.Contains(context.Request.Path.Value, StringComparer.Ordinal) || IsAllowed(context, token))
        {
            await next(context);
            return;
        }

        var isBrowsing = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (isBrowsing)
        {
            context.Response.Redirect(SignIn);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"chirps\"";
        await context.Response.WriteAsJsonAsync(new { error = "a token is needed: Authorization: Bearer, as in Chirps:Http:Token" }, context.RequestAborted);
    });

    public static void MapSignIn(this IEndpointRouteBuilder routes, HttpToken token)
    {
        routes.MapGet(SignIn, (HttpContext context) => token.IsNeeded ? PageEndpoints.Asset(context, "sign-in.html") : Results.Redirect("/"));
        routes.MapPost(SignIn, context => TakeAsync(context, token)).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(FormBytesMax));
        routes.MapPost("/sign-out", (HttpContext context) =>
        {
            context.Response.Cookies.Delete(CookieName(context), Cookie(context, TimeSpan.Zero));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = SignIn;
        });
    }

    private static async Task TakeAsync(HttpContext context, HttpToken token)
    {
        // Sent as a form by the browser; never by way of the address, which logs and histories keep.
        var presented = await PresentedAsync(context.Request);
        if (token.IsNeeded && token.Matches(presented))
        {
            context.Response.Cookies.Append(CookieName(context), token.BeginSession(), Cookie(context, token.SessionTime));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = "/";
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = PageEndpoints.ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-store";
        PageAssets.TryGet("sign-in.html", out var page);
        await context.Response.WriteAsync(System.Text.Encoding.UTF8.GetString(page!.Content).Replace("<form", Problem + "<form", StringComparison.Ordinal), context.RequestAborted);
    }

    /// <summary>The token of the form; empty for what is no such form.</summary>
    private static async Task<string> PresentedAsync(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return "";
        }

        try
        {
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted))["token"].ToString().Trim();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return "";
        }
    }

    private static bool IsAllowed(HttpContext context, HttpToken token)
        => (AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
                && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
                && token.Matches(header.Parameter ?? ""))
            || token.IsSession(context.Request.Cookies[CookieName(context)]);

    /// <summary>Browsers keep cookies by host, whatever the port: each node of a machine has a name of its own for it.</summary>
    private static string CookieName(HttpContext context) => $"chirps-session-{context.Connection.LocalPort}";

    private static CookieOptions Cookie(HttpContext context, TimeSpan age)
        => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = age };
}
