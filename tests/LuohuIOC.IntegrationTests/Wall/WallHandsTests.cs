using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MQTTnet;
using static Microsoft.Playwright.Assertions;

namespace LuohuIOC.IntegrationTests.Wall;

/// <summary>The wall for who has the keyboard alone, a thumb, or the ears.</summary>
public sealed class WallHandsTests(WallSite site) : IClassFixture<WallSite>
{
    [Fact]
    public async Task The_keyboard_stays_with_a_row_that_moves_in_the_list()
    {
        await FloodAsync("waterlogging-01", 0.3);
        await FloodAsync("waterlogging-02", 0.3);
        var page = await site.DeskAsync();
        await Expect(Row(page, "waterlogging-01")).ToBeVisibleAsync();
        await Row(page, "waterlogging-01").Locator(".what").FocusAsync();
        await PublishAsync("waterlogging-01", 0.6);
        await Expect(page.Locator(".ticker li[data-alert]").First).ToHaveAttributeAsync("data-sensor", "waterlogging-01");
        await Expect(Row(page, "waterlogging-01").Locator(".what")).ToBeFocusedAsync();
        await PublishAsync("waterlogging-02", 0.61);
        await Expect(page.Locator(".ticker li[data-alert]").First).ToHaveAttributeAsync("data-sensor", "waterlogging-02");
        await Expect(Row(page, "waterlogging-01").Locator(".what")).ToBeFocusedAsync();
        // The button that he presses goes; the next alert that waits has it then.
        await Row(page, "waterlogging-02").Locator(".act").PressAsync("Enter");
        await Expect(Row(page, "waterlogging-02").Locator(".state")).ToContainTextAsync("已确认");
        await Expect(page.Locator(".ticker .act:focus")).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task In_the_drawer_Enter_sends_and_the_keyboard_is_never_lost()
    {
        await FloodAsync("waterlogging-03", 0.5);
        var page = await site.DeskAsync();
        var opener = Row(page, "waterlogging-03").Locator(".what");
        await opener.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var drawer = page.GetByRole(AriaRole.Dialog);
        var alert = drawer.Locator("section.open");
        await alert.GetByRole(AriaRole.Button, new() { Name = "确认", Exact = true }).PressAsync("Enter");
        await Expect(alert).ToContainTextAsync("administrator 已确认");
        await Expect(alert).ToBeFocusedAsync();

        var unit = alert.GetByRole(AriaRole.Textbox, new() { Name = "责任单位或人员" });
        await unit.FillAsync("抢险一队");
        await unit.PressAsync("Enter");
        await Expect(alert.Locator(".timeline")).ToContainTextAsync("指派抢险一队");
        await Expect(unit).ToHaveValueAsync("");
        await Expect(unit).ToBeFocusedAsync();

        // A key that belongs to the input method, then one that leaves the field and nothing of what was written.
        var note = alert.GetByRole(AriaRole.Textbox, new() { Name = "说明" });
        await note.FillAsync("水泵已到");
        await note.EvaluateAsync("field => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true, isComposing: true }))");
        await Expect(note).ToBeFocusedAsync();
        await note.PressAsync("Escape");
        await Expect(drawer).ToBeVisibleAsync();
        await Expect(note).ToHaveValueAsync("水泵已到");
        await note.PressAsync("Enter");
        await Expect(alert.Locator(".timeline")).ToContainTextAsync("水泵已到");
        await Expect(note).ToBeFocusedAsync();

        // An open list takes the key for itself.
        var compared = drawer.GetByRole(AriaRole.Combobox, new() { Name = "对比站点" });
        await compared.FillAsync("waterlogging");
        await Expect(drawer.GetByRole(AriaRole.Listbox)).ToBeVisibleAsync();
        await compared.PressAsync("Escape");
        await Expect(drawer.GetByRole(AriaRole.Listbox)).ToBeHiddenAsync();
        await Expect(drawer).ToBeVisibleAsync();
        await compared.FillAsync("");
        await page.Keyboard.PressAsync("Escape");
        await Expect(drawer).ToBeHiddenAsync();
        await Expect(opener).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_new_red_alert_is_read_out_once_and_its_figures_are_not()
    {
        await FloodAsync("waterlogging-04", 0.5);
        var page = await site.DeskAsync("fire");
        var news = page.Locator("[aria-live=assertive]");
        // The deepest water of whichever test.
        await Expect(page.Locator(".hidden-alert")).ToContainTextAsync(" cm");
        await Expect(news).ToBeEmptyAsync();
        await FloodAsync("waterlogging-05", 0.55);
        var name = (await site.Host.GetAsync("sensors/waterlogging-05")).GetProperty("name").GetString()!;
        await Expect(news).ToContainTextAsync($"新的红色预警：{name} 道路积水 55 cm");
        // What changes with every reading stands in nothing that is read out as it changes.
        var live = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.hidden-alert, .hidden-alert *')].filter(e => e.closest('[aria-live], [role=alert], [role=status]')).map(e => e.outerHTML)");
        Assert.Empty(live);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Single_keys_are_off_when_an_officer_has_switched_them_off()
    {
        var page = await site.DeskAsync();
        await page.Keyboard.PressAsync("2");
        await Expect(page.Locator("nav [aria-current=page]")).ToHaveTextAsync("暴雨");
        await page.GetByRole(AriaRole.Button, new() { Name = "快捷键", Exact = true }).ClickAsync();
        await page.Keyboard.PressAsync("3");
        await page.Keyboard.PressAsync("r");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "轮播", Exact = true })).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(page.Locator("nav [aria-current=page]")).ToHaveTextAsync("暴雨");
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await WallSite.LiveAsync(page);
        await page.Keyboard.PressAsync("3");
        await Expect(page.Locator("nav [aria-current=page]")).ToHaveTextAsync("暴雨");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Leaving_is_asked_twice()
    {
        var page = await site.DeskAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "退出", Exact = true }).ClickAsync();
        var sure = page.GetByRole(AriaRole.Button, new() { Name = "确定退出？", Exact = true });
        await Expect(sure).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "退出", Exact = true }).ClickAsync();
        await sure.PressAsync("Enter");
        await Expect(page.Locator("#token")).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task On_a_phone_a_thumb_takes_an_alert_and_the_drawer_hides_no_other_red_one()
    {
        await FloodAsync("waterlogging-06", 0.5);
        await FloodAsync("waterlogging-07", 0.55);
        var page = await site.DeskAsync(width: 390, height: 844);
        var act = await Row(page, "waterlogging-06").Locator(".act").BoundingBoxAsync();
        Assert.True(act!.Height >= 44 && act.Width >= 44, $"The button is {act.Width} × {act.Height}.");
        await Row(page, "waterlogging-06").Locator(".what").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        // Another one waits: seen above the drawer, and one press away.
        var other = page.Locator(".hidden-alert button");
        await Expect(other).ToBeInViewportAsync();
        Assert.True(await other.EvaluateAsync<bool>("b => { const r = b.getBoundingClientRect(); return b.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2)) }"), "Something lies over the other alert.");
        // Nothing below the drawer can be come to.
        Assert.Equal(2, await page.Locator("main[inert], .frame > header[inert]").CountAsync());
        var small = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('.drawer button, .drawer input, .drawer select, .drawer summary')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)");
        Assert.Empty(small);
        await page.Keyboard.PressAsync("Escape");
        await Expect(Row(page, "waterlogging-06").Locator(".what")).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task An_alert_that_is_aimed_at_does_not_move_away()
    {
        await FloodAsync("waterlogging-08", 0.3);
        var page = await site.DeskAsync();
        var row = Row(page, "waterlogging-08");
        // A browser that draws in software may be too busy to hear of the mouse for seconds, and lets the list go: then with the next one.
        var (x, y, isTold) = (0f, 0f, false);
        for (var point = 13; !isTold; point++)
        {
            Assert.True(point <= 17, "Of five new alerts none was told of above a list that is aimed at.");
            await row.Locator(".act").HoverAsync();
            var box = (await row.Locator(".act").BoundingBoxAsync())!;
            (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
            var published = PublishAsync($"waterlogging-{point}", 0.42);
            var left = false;
            for (var moves = 0; (moves < 200 && !isTold) || !published.IsCompleted; moves += published.IsCompleted ? 1 : 0)
            {
                left = !left;
                await page.Mouse.MoveAsync(left ? x : x + 1, y);
                isTold = await page.Locator(".ticker .fresh").IsVisibleAsync();
            }
            await published;
        }
        await page.Mouse.ClickAsync(x, y);
        await Expect(row.Locator(".state")).ToContainTextAsync("已确认");
        await page.Mouse.MoveAsync(1, 1);
        await Expect(page.Locator(".ticker .fresh")).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_finger_on_a_line_that_has_only_just_come_there_acknowledges_nothing()
    {
        await FloodAsync("waterlogging-10", 0.3);
        var page = await site.DeskAsync();
        await Expect(Row(page, "waterlogging-10")).ToBeVisibleAsync();
        // Pressed in the moment in which the line takes another's place: no hand is that quick except by accident.
        await page.EvaluateAsync(
            """
            () => new MutationObserver((_, observer) => {
              const act = document.querySelector(".ticker [data-sensor='waterlogging-11'] .act")
              if (!act) return
              observer.disconnect()
              act.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'touch' }))
              act.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))
            }).observe(document.querySelector('.ticker ol'), { childList: true })
            """);
        // It says so for some seconds only, in which a busy machine may not look: the page itself looks.
        var told = page.EvaluateAsync<string>(
            """
            () => new Promise(resolve => new MutationObserver((_, observer) => {
              const said = document.querySelector('.ticker .mistaken')?.textContent
              if (!said) return
              observer.disconnect()
              resolve(said)
            }).observe(document.querySelector('.ticker'), { childList: true, subtree: true, characterData: true }))
            """);
        await PublishAsync("waterlogging-11", 0.9);
        Assert.Contains("请再按一次", await told.WaitAsync(TimeSpan.FromSeconds(90)));
        await Row(page, "waterlogging-11").Locator(".act").ClickAsync();
        await Expect(page.Locator(".ticker .mistaken")).ToBeHiddenAsync();
        await Expect(Row(page, "waterlogging-11").Locator(".state")).ToContainTextAsync("已确认");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Who_is_given_an_alert_has_a_deadline_and_a_late_one_waits_for_an_officer_again()
    {
        await FloodAsync("waterlogging-12", 0.5);
        var page = await site.DeskAsync();
        await Row(page, "waterlogging-12").Locator(".what").ClickAsync();
        var alert = page.GetByRole(AriaRole.Dialog).Locator("section.open");
        // What is written while an answer is on its way stays.
        var answer = new TaskCompletionSource();
        await page.RouteAsync("**/acknowledge", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        await alert.GetByRole(AriaRole.Button, new() { Name = "确认", Exact = true }).ClickAsync();
        var unit = alert.GetByRole(AriaRole.Textbox, new() { Name = "责任单位或人员" });
        await unit.FillAsync("抢险一队");
        await alert.GetByRole(AriaRole.Combobox, new() { Name = "办理时限" }).SelectOptionAsync(new SelectOptionValue { Label = "30 分钟" });
        answer.SetResult();
        await Expect(alert).ToContainTextAsync("administrator 已确认");
        await Expect(unit).ToHaveValueAsync("抢险一队");
        await alert.GetByRole(AriaRole.Button, new() { Name = "指派", Exact = true }).ClickAsync();
        await Expect(alert.Locator(".timeline")).ToContainTextAsync("前办结");
        await page.Keyboard.PressAsync("Escape");
        await Expect(Row(page, "waterlogging-12").Locator(".state")).ToHaveTextAsync(new Regex(@"已派 抢险一队 · 剩 (30|29) 分钟"));

        var id = await Row(page, "waterlogging-12").GetAttributeAsync("data-alert");
        await site.Host.SendAsync(HttpMethod.Post, $"alerts/{id}/assign", new { assignee = "抢险二队", dueAt = DateTimeOffset.UtcNow.AddSeconds(10) });
        await Expect(Row(page, "waterlogging-12").Locator("em.late")).ToContainTextAsync("已派 抢险二队 · 超时");
        await Expect(Row(page, "waterlogging-12").Locator(".act")).ToBeVisibleAsync();
        await Expect(page.Locator("[aria-live=assertive]")).ToContainTextAsync(new Regex("红色预警超时未办结：.*抢险二队"));
        // A late one stands above all others of its colour, those of other tests too.
        await site.Host.SendAsync(HttpMethod.Post, $"alerts/{id}/close", new { comment = "现场已处置" });
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Whom_a_past_alert_is_given_to_is_in_the_record_though_acknowledging_closes_it()
    {
        await FloodAsync("waterlogging-13", 0.3);
        var page = await site.DeskAsync();
        await Row(page, "waterlogging-13").Locator(".what").ClickAsync();
        var alert = page.GetByRole(AriaRole.Dialog).Locator("section.open");
        await PublishAsync("waterlogging-13", 0.01);
        var button = alert.GetByRole(AriaRole.Button, new() { Name = "确认并关闭" });
        await Expect(button).ToBeVisibleAsync();
        await alert.GetByRole(AriaRole.Textbox, new() { Name = "责任单位或人员" }).FillAsync("清淤三队");
        await button.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Locator("details", new() { HasText = "已关闭" })).ToBeVisibleAsync();
        var closed = (await site.Host.GetAsync("alerts?sensor=waterlogging-13&state=closed")).GetProperty("items")[0];
        Assert.Equal(("清淤三队", "administrator"), (closed.GetProperty("assignedTo").GetString(), closed.GetProperty("acknowledgedBy").GetString()));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task An_administrator_changes_a_stations_limits_with_a_reason_and_gives_them_up_again()
    {
        var page = await site.DeskAsync("water?station=waterlogging-15");
        var rule = page.Locator(".rules [data-rule=waterlogging-depth]");
        await Expect(rule).ToContainTextAsync("黄色 ≥ 15 cm");
        await rule.GetByRole(AriaRole.Button, new() { Name = "调整规则：道路积水" }).ClickAsync();
        var yellow = rule.GetByRole(AriaRole.Spinbutton, new() { Name = "黄色" });
        await Expect(yellow).ToBeFocusedAsync();
        await yellow.FillAsync("30");
        await rule.GetByRole(AriaRole.Textbox).FillAsync("立交桥下坡");
        await rule.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        // 27 cm are orange: the host's own words for it.
        await Expect(rule.GetByRole(AriaRole.Alert)).ToContainTextAsync("0.27");
        await yellow.FillAsync("12.5");
        await rule.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(rule).ToContainTextAsync("黄色 ≥ 12.5 cm");
        await Expect(rule).ToContainTextAsync("administrator 单独设定");
        var change = rule.GetByRole(AriaRole.Button, new() { Name = "调整规则：道路积水" });
        await Expect(change).ToBeFocusedAsync();

        await change.ClickAsync();
        await Expect(rule.Locator("ol")).ToContainTextAsync("立交桥下坡");
        await rule.GetByRole(AriaRole.Textbox).FillAsync("改造完成");
        await rule.GetByRole(AriaRole.Button, new() { Name = "恢复默认" }).ClickAsync();
        await Expect(rule).ToContainTextAsync("黄色 ≥ 15 cm");
        var versions = (await site.Host.GetAsync("sensors/waterlogging-15/rules/history")).GetProperty("items").EnumerateArray();
        Assert.Equal(["改造完成", "立交桥下坡"], versions.Select(version => version.GetProperty("comment").GetString()));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task An_administrator_issues_a_token_registers_a_device_and_gives_its_gateway_a_secret()
    {
        var page = await site.DeskAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "接入管理" }).ClickAsync();
        var access = page.GetByRole(AriaRole.Dialog, new() { Name = "接入管理" });
        var tokens = access.GetByRole(AriaRole.Region, new() { Name = "访问令牌" });
        await tokens.GetByRole(AriaRole.Textbox, new() { Name = "持有人或单位" }).FillAsync("三防夜班");
        await tokens.GetByRole(AriaRole.Button, new() { Name = "签发令牌" }).ClickAsync();
        var token = await tokens.GetByRole(AriaRole.Textbox, new() { Name = "三防夜班 的令牌" }).InputValueAsync();

        // Whoever holds it is let in as what it says, and is shown nothing of this.
        var other = await site.BrowserAsync(map: false);
        await site.OpenAsync(other, "overview?access");
        await WallSite.LogInAsync(other, token);
        await WallSite.LiveAsync(other);
        await Expect(other.Locator("header .holder")).ToContainTextAsync("三防夜班");
        await Expect(other.GetByRole(AriaRole.Button, new() { Name = "接入管理" })).ToHaveCountAsync(0);
        await Expect(other.Locator("[data-access]")).ToHaveCountAsync(0);

        var import = access.GetByRole(AriaRole.Region, new() { Name = "导入感知设备台账" });
        await import.GetByLabel("台账文件").SetInputFilesAsync(new FilePayload
        {
            Name = "新增.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes("id,kind,name,street,longitude,latitude,gateway\nwaterlogging-901,waterlogging,春风路新增积水点,南湖街道,114.1235,22.5412,gw-new-01\nwaterlogging-902,puddle,错类别,南湖街道,114.1235,22.5412,gw-new-01\n"),
        });
        await import.GetByRole(AriaRole.Button, new() { Name = "导入" }).ClickAsync();
        await Expect(import.GetByRole(AriaRole.Status)).ToContainTextAsync("新增 1 个，修改 0 个，未变 0 个。");
        await Expect(import.GetByRole(AriaRole.Listitem)).ToContainTextAsync("第 3 行 waterlogging-902");

        var gateway = access.Locator("[data-gateway=gw-new-01]");
        await Expect(gateway).ToContainTextAsync("1 个设备");
        var rotate = gateway.GetByRole(AriaRole.Button, new() { Name = "更换密钥" });
        await rotate.ClickAsync();
        await Expect(gateway.Locator(".once")).ToHaveCountAsync(0);
        await gateway.GetByRole(AriaRole.Button, new() { Name = "旧密钥立即失效，确定？" }).ClickAsync();
        var secret = await gateway.GetByRole(AriaRole.Textbox, new() { Name = "gw-new-01 的 MQTT 密码" }).InputValueAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", site.Host.MqttPort).WithCredentials("gw-new-01", secret).Build());
        await Expect(gateway).ToContainTextAsync("在线");

        await gateway.GetByRole(AriaRole.Button, new() { Name = "停用" }).ClickAsync();
        await gateway.GetByRole(AriaRole.Button, new() { Name = "确定停用？" }).ClickAsync();
        await Expect(gateway).ToContainTextAsync("已停用");
        await Wait.UntilAsync(() => !client.IsConnected, () => "the gateway that was shut out to be disconnected");
        await tokens.Locator("li", new() { HasText = "三防夜班" }).GetByRole(AriaRole.Button, new() { Name = "撤销" }).ClickAsync();
        await tokens.GetByRole(AriaRole.Button, new() { Name = "确定撤销？" }).ClickAsync();
        await Expect(other.Locator("#token")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(access).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
        await other.Context.CloseAsync();
    }

    private async Task FloodAsync(string point, double depth)
    {
        await PublishAsync(point, depth);
        await Wait.UntilAsync(
            async () => (await site.Host.GetAsync($"alerts?sensor={point}&state=open")).GetProperty("items").GetArrayLength() > 0, () => $"the alert of {point}");
    }

    private async Task PublishAsync(string point, double depth)
    {
        var gateway = (await site.Host.GetAsync($"sensors/{point}")).GetProperty("gateway").GetString()!;
        using var client = await site.GatewayAsync(gateway);
        await WallSite.PublishAsync(client, gateway, point, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), depth);
    }

    private static ILocator Row(IPage page, string sensor) => page.Locator($".ticker [data-sensor='{sensor}']").Filter(new() { HasTextRegex = new("道路积水") });
}
