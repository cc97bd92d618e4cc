using Chirps.Tests.Node;
using Microsoft.Playwright;

namespace Chirps.Tests.Page;

/// <summary>A headless Chromium, of the system, for all tests of the page; started with the first that needs it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] _arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--force-color-profile=srgb",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string? ChromiumPath { get; } = new[]
    {
        Environment.GetEnvironmentVariable("CHIRPS_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    }.FirstOrDefault(File.Exists);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Opens a page of its own, of a size and a colour scheme.</summary>
    internal async Task<IPage> OpenAsync(Uri address, int width = 1600, int height = 1200, ColorScheme scheme = ColorScheme.Light)
    {
        Assertions.SetDefaultExpectTimeout((float)MeshFixture.Patience.TotalMilliseconds);
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = ChromiumPath, Args = _arguments, Headless = true });
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = width < 500,
        });
        context.SetDefaultTimeout((float)MeshFixture.Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>The tests that share the browser; one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "Browser";
}
