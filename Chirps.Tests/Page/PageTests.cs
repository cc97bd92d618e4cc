using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Chirps.Tests.Page;

/// <summary>The page in a real browser, before a simulated mesh.</summary>
[Collection(BrowserTests.Name)]
public sealed class PageTests(BrowserFixture browser)
{
    private const string Attack = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    [ChromiumFact]
    public async Task A_change_shows_in_picture_table_and_timeline_without_a_reload()
    {
        var mesh = new SimulatedMesh(3);
        await using var host = await PageHost.StartAsync(mesh);
        var page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator(".node")).ToHaveCountAsync(3);
        await page.EvaluateAsync("window.sameDocument = true");

        mesh.Become("node-3", MemberState.Suspect, "node-2");
        mesh.Become("node-3", MemberState.Dead, "node-2");

        await Expect(page.Locator(".node[data-id=node-3]")).ToHaveAttributeAsync("aria-label", "node-3, Dead");
        await Expect(page.Locator("#members tr[data-id=node-3]")).ToContainTextAsync("Dead");
        await Expect(page.Locator("#timeline li").First).ToContainTextAsync("node-3 Suspect → Dead");
        await Expect(page.Locator("#timeline li").First).ToContainTextAsync("declared by node-2");
        await Expect(page.Locator(".tile.dead")).ToContainTextAsync("1");
        await Expect(page).ToHaveTitleAsync("(1) node-1 · Chirps");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task The_keyboard_alone_reaches_and_selects_a_member_in_picture_and_table()
    {
        await using var host = await PageHost.StartAsync(new SimulatedMesh(5));
        var page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator(".node")).ToHaveCountAsync(5);

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await TabTo(page, ".node");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator("#tip")).ToContainTextAsync("node-3");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#detail h2")).ToContainTextAsync("node-3");
        await Expect(page.Locator(".node[data-id=node-3]")).ToHaveAttributeAsync("aria-selected", "true");

        await TabTo(page, "#members tbody tr");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#detail h2")).ToContainTextAsync("node-5");
        await Expect(page.Locator("#members tr[data-id=node-5]")).ToHaveAttributeAsync("aria-selected", "true");
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task What_peers_write_stays_text()
    {
        var mesh = new SimulatedMesh(3);
        mesh.SetState("node-1", $"k{Attack}", Attack);
        await using var host = await PageHost.StartAsync(mesh);
        var page = await browser.OpenAsync(host.Address);
        var refused = new List<string>();
        page.Console += (_, message) => refused.AddRange(message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [message.Text] : []);
        mesh.Rename("node-3", Attack);

        await Expect(page.Locator("#detail .keys td").First).ToHaveTextAsync(Attack);
        await Expect(page.Locator("#detail .keys tbody th").First).ToHaveTextAsync($"k{Attack}");
        await Expect(page.Locator("#members tbody")).ToContainTextAsync(Attack);
        await page.Locator(".node").Last.HoverAsync();
        Assert.Equal(0, await page.Locator("main img, main script, .tip img").CountAsync());
        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window"));
        Assert.Empty(refused);
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task The_table_sorts_and_filters()
    {
        var mesh = new SimulatedMesh(12);
        mesh.Become("node-7", MemberState.Suspect, "node-1");
        await using var host = await PageHost.StartAsync(mesh);
        var page = await browser.OpenAsync(host.Address);
        var rows = page.Locator("#members tbody tr");
        await Expect(rows).ToHaveCountAsync(12);

        await page.GetByRole(AriaRole.Button, new() { Name = "Phi", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Phi", Exact = true }).ClickAsync();
        await Expect(rows.First).ToHaveAttributeAsync("data-id", "node-7");
        await Expect(page.Locator("#members th[aria-sort=descending]")).ToContainTextAsync("Phi");

        await page.FillAsync("#filter", "node-1");
        await Expect(rows).ToHaveCountAsync(4);
        await page.FillAsync("#filter", "");
        await page.Locator("#states .chip", new() { HasText = "Alive" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.Locator("#members-count")).ToHaveTextAsync("1 of 12");
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task A_hundred_members_are_all_there_each_with_its_name_and_its_place()
    {
        await using var host = await PageHost.StartAsync(new SimulatedMesh(100));
        var page = await browser.OpenAsync(host.Address);

        await Expect(page.Locator(".node")).ToHaveCountAsync(100);
        await Expect(page.Locator("#members tbody tr")).ToHaveCountAsync(100);
        await Expect(page.Locator(".node .name", new() { HasText = "node-100" })).ToBeVisibleAsync();
        Assert.Equal(100, await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('.node')].map(node => node.style.transform)).size"));
        Assert.True(await page.EvaluateAsync<bool>(
            "(() => { const box = document.querySelector('.picture').getBoundingClientRect(); return [...document.querySelectorAll('.node .name, .node .shape')].every(part => { const r = part.getBoundingClientRect(); return r.width === 0 || (r.left >= box.left && r.right <= box.right && r.top >= box.top && r.bottom <= box.bottom); }); })()"));
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task On_a_phone_nothing_is_wider_than_the_screen()
    {
        var mesh = new SimulatedMesh(100);
        mesh.SetState("node-1", new string('k', 200), new string('v', 3000));
        mesh.Rename("node-9", new string('n', 64));
        await using var host = await PageHost.StartAsync(mesh, more: Channels);
        var page = await browser.OpenAsync(host.Address, 390, 844, ColorScheme.Dark);
        await Expect(page.Locator("#members tbody tr")).ToHaveCountAsync(100);
        await Expect(page.Locator("#detail .keys")).ToBeVisibleAsync();
        await Expect(page.Locator("#durable")).ToContainTextAsync("orders");

        Assert.Equal(390, await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth"));
        await page.Locator(".node[data-id=node-50]").DispatchEventAsync("click");
        await Expect(page.Locator("#detail h2")).ToContainTextAsync("node-50");
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task A_page_that_loses_its_node_says_since_when_and_goes_on_when_it_is_back()
    {
        var mesh = new SimulatedMesh(3);
        var host = await PageHost.StartAsync(mesh);
        var port = host.Address.Port;
        var page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator("#stream")).ToHaveTextAsync("live");

        await host.DisposeAsync();
        await Expect(page.Locator("#lost")).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"data from \d\d:\d\d:\d\d"));
        await Expect(page.Locator("#stream")).ToHaveTextAsync("connection lost");

        mesh.Become("node-2", MemberState.Left);
        await using var again = await PageHost.StartAsync(mesh, port: port);
        await Expect(page.Locator("#lost")).ToBeHiddenAsync();
        await Expect(page.Locator("#members tr[data-id=node-2]")).ToContainTextAsync("Left");
        await page.Context.CloseAsync();
    }

    [ChromiumFact]
    public async Task Channels_show_how_far_readers_are_behind_and_their_absence_is_told()
    {
        await using var with = await PageHost.StartAsync(new SimulatedMesh(3), more: Channels);
        await using var without = await PageHost.StartAsync(new SimulatedMesh(3));
        var page = await browser.OpenAsync(with.Address);
        var other = await browser.OpenAsync(without.Address);

        await Expect(page.Locator("#durable tbody tr")).ToContainTextAsync("orders");
        await Expect(page.Locator("#durable .behind")).ToContainTextAsync("3 chirps.stream.node-1");
        await Expect(other.Locator("#durable-note")).ToHaveTextAsync("no durable server");
        await page.Context.CloseAsync();
        await other.Context.CloseAsync();
    }

    private static void Channels(WebApplication app)
    {
        app.MapGet("/api/channels", () => Results.Content(
            """{"server":{"connected":true,"url":"127.0.0.1:40123","host":"node-1","stream":"demo"},"outbox":{"messages":0,"bytes":0,"messagesMax":100000,"bytesMax":268435456},"channels":[{"name":"orders","messages":1812,"sizeBytes":345622,"partitions":[]}]}""",
            "application/json"));
        app.MapGet("/api/lag", (string channel) => Results.Json(new { channel, consumers = new[] { new { consumer = "chirps.stream.node-1", group = false, lag = 3 } } }));
    }

    private static async Task TabTo(IPage page, string selector)
    {
        for (var tabs = 0; tabs < 60 && !await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector); tabs++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.True(await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector), $"{selector} is not reached by Tab");
    }
}
