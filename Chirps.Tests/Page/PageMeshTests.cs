using Chirps.Tests.Silo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Chirps.Tests.Page;

/// <summary>The page of a real node, in a real browser.</summary>
[Collection(BrowserTests.Name)]
public sealed class PageMeshTests(BrowserFixture browser) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-page-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ChromiumFact]
    public async Task Three_nodes_appear_and_when_one_is_killed_the_page_of_another_shows_it()
    {
        await using var first = await SiloUnderTest.StartAsync("node-1", _directory);
        var seed = $"--Chirps:Mesh:Seeds:Nodes:0={first.Node.Membership.Self.Address}";
        var page = await browser.OpenAsync(first.Address);
        await Expect(page.Locator(".node")).ToHaveCountAsync(1);
        await page.EvaluateAsync("window.sameDocument = true");

        await using var second = await SiloUnderTest.StartAsync("node-2", _directory, seed);
        await using var third = await SiloUnderTest.StartAsync("node-3", _directory, seed);
        await Expect(page.Locator("#members tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".line.open")).ToHaveCountAsync(2);
        await second.Node.SetStateAsync("zone", "north"u8.ToArray());
        await page.ClickAsync("#members tr[data-id=node-2]");
        await Expect(page.Locator("#detail .keys")).ToContainTextAsync("north");

        await third.Node.DisposeAsync();
        await Expect(page.Locator("#members tr[data-id=node-3]")).ToContainTextAsync("Dead");
        await Expect(page.Locator("#timeline li.dead")).ToContainTextAsync("declared by");
        await page.ClickAsync("#members tr[data-id=node-3]");
        await Expect(page.Locator("#detail .accusations b.dead").First).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task A_visitor_signs_in_with_the_token_and_out_again()
    {
        const string token = "a-token-of-good-length";
        await using var silo = await SiloUnderTest.StartAsync("solo", _directory, $"--Chirps:Http:Token={token}");
        var page = await browser.OpenAsync(silo.Address);
        await Expect(page).ToHaveTitleAsync("Sign in · Chirps");

        await page.FillAsync("input[name=token]", "something else altogether");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.FillAsync("input[name=token]", token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#stream")).ToHaveTextAsync("live");
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page).ToHaveTitleAsync("Sign in · Chirps");
        await page.Context.CloseAsync();
    }
}
