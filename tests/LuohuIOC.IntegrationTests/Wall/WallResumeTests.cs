using System.Text.Json;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace LuohuIOC.IntegrationTests.Wall;

/// <summary>What a wall does while its host dies and comes back, and in the simulated city's storm.</summary>
public sealed class WallResumeTests(WallSite site) : IClassFixture<WallSite>
{
    [Fact]
    public async Task A_killed_host_is_told_at_once_and_the_wall_comes_back_by_itself()
    {
        var page = await site.WallAsync("overview?station=waterlogging-12");
        await page.EvaluateAsync("() => { window.sameDocument = true }");
        await site.Host.KillAsync();
        await Expect(page.Locator("[data-link=lost]")).ToBeVisibleAsync();
        await Expect(page.Locator(".banner.lost")).ToContainTextAsync("与平台的连接已中断");
        // For how long is not read out every second.
        await Expect(page.Locator(".banner.lost [role=alert]")).ToHaveTextAsync(new Regex("^与平台的连接已中断，画面停在 [^已]+，正在重连$"));
        await Expect(page.Locator(".banner.lost")).ToContainTextAsync("（已 ");

        // It lies over nothing that an officer may want to press just then, the drawer's close button neither, once what moves for it has moved.
        var covered = Array.Empty<string>();
        await Wait.UntilAsync(
            async () => (covered = await page.EvaluateAsync<string[]>(
                """
                () => {
                  const banner = document.querySelector('.banner').getBoundingClientRect()
                  const covered = ({ width, top, bottom, left, right }) => width && top < banner.bottom && bottom > banner.top && left < banner.right && right > banner.left
                  return [...document.querySelectorAll('button, input')].filter(control => covered(control.getBoundingClientRect())).map(control => control.outerHTML)
                }
                """)).Length == 0,
            () => $"the banner to cover none of {string.Join(' ', covered)}");

        await site.Host.StartAsync();
        await WallSite.LiveAsync(page);
        await Expect(page.Locator(".banner.lost")).ToBeHiddenAsync();
        var point = await site.Host.GetAsync("sensors/waterlogging-11");
        var gateway = point.GetProperty("gateway").GetString()!;
        using var client = await site.GatewayAsync(gateway);
        await WallSite.PublishAsync(client, gateway, "waterlogging-11", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 0.41);
        // The ladder shows what is; an alert of another test's storm would show what raised it.
        await Expect(page.Locator(".flood li", new() { HasText = point.GetProperty("name").GetString() })).ToContainTextAsync("41");
        Assert.True(await page.EvaluateAsync<bool>("() => window.sameDocument === true"), "The page was loaded anew.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task In_the_simulated_storm_the_wall_shows_the_points_that_the_host_has_flooded()
    {
        var registry = Path.Combine(site.Host.Data, "registry.csv");
        await SimulatedCity.SaveRegistryAsync(site.Host, registry);
        var page = await site.WallAsync("storm");
        await using (SimulatedCity.Start(
            site.Host, registry, "--speed", "240", "--seed", "7", "--storm", "chicago", "--return-period", "50", "--storm-start", "1", "--faults", "off", "--fires", "0"))
        {
            await page.WaitForFunctionAsync("() => document.querySelectorAll('.flood [aria-label=红色]').length > 3", null, new() { Timeout = 90_000 });
        }
        // The city stands still now: what the host has must be what is drawn.
        await Wait.UntilAsync(
            async () => Enumerable.SequenceEqual(await Depths(), await page.Locator(".flood li").EvaluateAllAsync<string[]>("rows => rows.map(r => r.querySelector('.name').innerText + ' ' + parseInt(r.querySelector('.depth').innerText)).sort()")),
            () => "the ladder to show the host's depths", TimeSpan.FromSeconds(30));
        await page.Context.CloseAsync();
    }

    /// <summary>Name and depth in centimetres of every point as the snapshot has them, sorted as the page sorts text.</summary>
    private async Task<string[]> Depths()
    {
        var names = (await site.Host.GetAsync("sensors?kind=waterlogging&limit=1000")).GetProperty("items").EnumerateArray()
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("name").GetString()!);
        var readings = (await site.Host.GetAsync("city")).GetProperty("readings").EnumerateArray().Where(r => names.ContainsKey(r.GetProperty("sensorId").GetString()!));
        return [.. readings.Select(r => $"{names[r.GetProperty("sensorId").GetString()!]} {Centimetres(r)}").Order(StringComparer.Ordinal)];
    }

    // Rounded as JavaScript rounds: halves up.
    private static int Centimetres(JsonElement reading) => (int)Math.Floor(reading.GetProperty("values").GetProperty("depth").GetDouble() * 100 + 0.5);
}
