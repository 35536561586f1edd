using System.Text;
using LuohuIOC.Tests;
using Microsoft.Playwright;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests.Wall;

/// <summary>The real host with the built wall, and Debian's Chromium, drawing the map by software or not at all; one of each for all tests of a class.</summary>
public sealed class WallSite : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Fonts = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private static readonly string[] Drawing = [.. Flags, "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

    /// <summary>As at a desk whose graphics are switched off. Half of a wall's processor time is the first picture of its map, which most tests never look at.</summary>
    private static readonly string[] NotDrawing = [.. Flags, "--disable-gpu", "--disable-3d-apis"];

    private IPlaywright? _playwright;
    private IBrowser? _wall;
    private IBrowser? _desk;

    internal HostProcess Host { get; } = new(null, $"--Wall:Pages={Pages}", "--Alerts:DeadlineGrace=00:00:00");

    internal static string Wall { get; } = Repository.PathOf("dashboards/wall");

    private static string Pages => Path.Combine(Wall, "dist");

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Path.Combine(Pages, "index.html")), "The wall is not built: ./ioc test builds it (npm ci && npm run build in dashboards/wall).");
        Assert.True(File.Exists(Chromium), "Chromium is missing: apt-get install -y --no-install-recommends chromium");
        Assert.True(File.Exists(Fonts), "Chinese fonts are missing: apt-get install -y --no-install-recommends fonts-noto-cjk");
        await Host.StartAsync();
        _playwright = await Playwright.CreateAsync();
    }

    /// <summary>A browser of its own, as another officer's; not logged in.</summary>
    internal async Task<IPage> BrowserAsync(int width = 1920, int height = 1080, bool map = true)
    {
        var browser = map ? _wall ??= await LaunchAsync(Drawing) : _desk ??= await LaunchAsync(NotDrawing);
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce });
        // A loaded machine draws slowly; what must be quick is measured by itself.
        context.SetDefaultTimeout(45_000);
        Assertions.SetDefaultExpectTimeout(30_000);
        return await context.NewPageAsync();
    }

    /// <summary>A wall that is live.</summary>
    internal Task<IPage> WallAsync(string view = "overview", int width = 1920, int height = 1080) => LiveAsync(view, width, height, map: true);

    /// <summary>The same in a browser that can draw no map: where its map would be, the wall says so.</summary>
    internal Task<IPage> DeskAsync(string view = "overview", int width = 1920, int height = 1080) => LiveAsync(view, width, height, map: false);

    private async Task<IPage> LiveAsync(string view, int width, int height, bool map)
    {
        var page = await BrowserAsync(width, height, map);
        await OpenAsync(page, view);
        await LogInAsync(page, Host.Token);
        await LiveAsync(page);
        return page;
    }

    internal Task OpenAsync(IPage page, string view = "overview") => page.GotoAsync($"{Host.Http.BaseAddress}#/{view}", new() { WaitUntil = WaitUntilState.DOMContentLoaded });

    internal static async Task LogInAsync(IPage page, string token)
    {
        await page.Locator("#token").FillAsync(token);
        await page.Locator("form button[type=submit]").ClickAsync();
    }

    internal static Task LiveAsync(IPage page) => page.Locator("[data-link=live], [data-link=stale], [data-link=unheard]").WaitForAsync();

    /// <summary>A gateway's client, connected.</summary>
    internal async Task<IMqttClient> GatewayAsync(string gateway)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Host.MqttPort).WithClientId($"wall-{Guid.NewGuid():N}")
            .WithCredentials(gateway, Host.Secrets()[gateway]).Build());
        return client;
    }

    internal static Task PublishAsync(IMqttClient client, string gateway, string sensor, long ts, double depth) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/{sensor}/telemetry").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload(Encoding.UTF8.GetBytes(FormattableString.Invariant($$$"""{"ts":{{{ts}}},"values":{"depth":{{{depth}}}}}"""))).Build());

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in new[] { _wall, _desk }.OfType<IBrowser>()) await browser.CloseAsync();
        _playwright?.Dispose();
        await Host.DisposeAsync();
    }

    private Task<IBrowser> LaunchAsync(string[] flags) => _playwright!.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = flags });
}
