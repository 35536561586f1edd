using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LuohuIOC.IntegrationTests.Wall;

/// <summary>A shift is handed over: what closed by itself is found, noted upon, marked and saved for a spreadsheet.</summary>
public sealed class WallExportTests(WallSite site) : IClassFixture<WallSite>
{
    [Fact]
    public async Task An_alert_that_closed_by_itself_is_found_noted_upon_marked_and_exported()
    {
        const string point = "waterlogging-14";
        var sensor = await site.Host.GetAsync($"sensors/{point}");
        var (name, gateway) = (sensor.GetProperty("name").GetString()!, sensor.GetProperty("gateway").GetString()!);
        using var client = await site.GatewayAsync(gateway);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await WallSite.PublishAsync(client, gateway, point, now - 1000, 0.18);
        await WallSite.PublishAsync(client, gateway, point, now, 0.01);
        var alert = "";
        await Wait.UntilAsync(
            async () => (await site.Host.GetAsync($"alerts?sensor={point}&state=closed")).GetProperty("items") is { } items && items.GetArrayLength() > 0
                && (alert = items[0].GetProperty("id").GetString()!).Length > 0,
            () => "the yellow alert to be closed by the system");

        var page = await site.DeskAsync("alerts");
        var found = page.Locator($".alert-search [data-found='{alert}']");
        await Expect(found).ToContainTextAsync(name);
        await Expect(found).ToContainTextAsync("已关闭");
        // Narrowed to what it is not, and to what it is; the file below has what is listed.
        await ChooseAsync(page, "级别", "橙色及以上");
        await Expect(found).ToHaveCountAsync(0);
        await ChooseAsync(page, "级别", "黄色及以上");
        await ChooseAsync(page, "街道", sensor.GetProperty("street").GetString()!);
        await ChooseAsync(page, "类别", "易涝点");
        await Expect(found).ToBeVisibleAsync();
        await found.GetByRole(AriaRole.Button).ClickAsync();
        var past = page.Locator(".drawer details", new() { HasText = "已关闭" });
        await past.Locator("summary").ClickAsync();
        await past.GetByRole(AriaRole.Textbox).FillAsync("=现场已核实");
        await past.GetByRole(AriaRole.Button, new() { Name = "备注" }).ClickAsync();
        await Expect(past.Locator(".timeline")).ToContainTextAsync("=现场已核实");
        await past.GetByRole(AriaRole.Button, new() { Name = "属实" }).ClickAsync();
        await Expect(past.Locator("summary")).ToContainTextAsync("administrator 已标为属实");

        var readings = await SavedAsync(page, ".series .save");
        Assert.StartsWith($"{point}-depth-", readings.Name);
        Assert.StartsWith("\ufeff时间,水深 (m),质量", readings.Text);
        Assert.Contains("+08:00,0.18,", readings.Text);

        await page.Keyboard.PressAsync("Escape");
        var alerts = await SavedAsync(page, ".alert-search .save");
        Assert.Matches(@"^预警-\d{8}-\d{4}\.csv$", alerts.Name);
        Assert.StartsWith("\ufeff预警编号,", alerts.Text);
        var row = Assert.Single(alerts.Text.Split("\r\n"), line => line.StartsWith(alert, StringComparison.Ordinal));
        foreach (var word in new[] { name, "黄色", "18 cm", "属实", ",'=现场已核实," }) Assert.Contains(word, row);
        await page.Context.CloseAsync();
    }

    private static Task ChooseAsync(IPage page, string field, string option) =>
        page.Locator(".alert-search").GetByRole(AriaRole.Combobox, new() { Name = field }).SelectOptionAsync(new SelectOptionValue { Label = option });

    private static async Task<(string Name, string Text)> SavedAsync(IPage page, string button)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(button).ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var reader = new StreamReader(stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        return (download.SuggestedFilename, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
