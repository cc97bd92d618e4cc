using Microsoft.AspNetCore.Http.Features;

namespace Chirps.Silo.Page;

/// <summary>The page: <c>/</c>, its files below <c>/page</c>, its data at <c>/api/live</c>.</summary>
internal static class PageEndpoints
{
    /// <summary>Everything comes from the node itself, scripts are files, and no other site shows the page in a frame.</summary>
    public const string ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string LiveBusySeconds = "5";

    /// <summary>Adds what the page needs, with the mesh node as the source of its data.</summary>
    public static void AddPage(this IServiceCollection services, int clientsMax, Func<IServiceProvider, IPageSource> source)
    {
        services.AddSingleton(source);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LiveFeed>(provider, clientsMax));
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
    }

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext context) => Asset(context, "index.html"));
        routes.MapGet("/page/{name}", (HttpContext context, string name) => Asset(context, name));
        routes.MapGet("/api/live", Live);
        routes.MapGet("/api/live/{id}", async (string id, IPageSource source) => await source.MemberAsync(id) is { } member
            ? Results.Ok(member)
            : Results.NotFound(new { error = $"no member '{id}'" }));
    }

    /// <summary>Serves one of the page's files, or says that it has not changed.</summary>
    public static IResult Asset(HttpContext context, string name)
    {
        if (!PageAssets.TryGet(name, out var asset))
        {
            return Results.NotFound();
        }

        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(asset.Content, asset.Type, entityTag: asset.Tag);
    }

    private static async Task Live(HttpContext context, LiveFeed feed, IHostApplicationLifetime lifetime)
    {
        using var client = feed.TryOpen(context.Request.Headers["Last-Event-ID"]);
        if (client is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = LiveBusySeconds;
            await context.Response.WriteAsJsonAsync(new { error = "as many pages are open as are allowed (Chirps:Http:LivePagesMax)" }, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping, client.Cut);
        try
        {
            await context.Response.WriteAsync("retry: 2000\n\n", ending.Token);
            await foreach (var frame in client.Frames.ReadAllAsync(ending.Token))
            {
                await context.Response.Body.WriteAsync(frame, ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }

        if (client.Cut.IsCancellationRequested)
        {
            context.Abort();
        }
    }
}
