using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Wall;
using Xunit;

namespace LuohuIOC.Tests.Notices;

/// <summary>From a sensor's rule to a mail in somebody's box and a record of it, on a real silo, a real Kestrel and a real SMTP server.</summary>
public sealed class NoticesTests
{
    [Fact]
    public async Task A_red_alert_reaches_a_mailbox_and_the_record_says_whom_when_and_what_failed_before()
    {
        await using var mail = MailServer.Start();
        mail.Refusals = 1;
        await using var city = await StartAsync(mail);
        await city.ObserveAsync("calm", Some.Change(Severity.Yellow, 1));
        await city.ObserveAsync("flood", Some.Change(Severity.Red, 1));
        var id = city.Alerts.Open.Single(a => a.SensorId == "flood").Id;
        var notified = await EventsAsync(city, id, count: 2);

        var message = Assert.Single(mail.Messages);
        Assert.StartsWith("【红色预警】flood：", message.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("calm", message.TextBody, StringComparison.Ordinal);
        Assert.Equal(["system", "system"], notified.Select(e => e.GetProperty("actor").GetString()));
        var (failed, delivered) = (notified[0].GetProperty("notices")[0], notified[1].GetProperty("notices")[0]);
        Assert.Equal(("值班长", "chief@luohu.test", false, true), (failed.GetProperty("policy").GetString(), failed.GetProperty("to").GetString(), failed.GetProperty("delivered").GetBoolean(), delivered.GetProperty("delivered").GetBoolean()));
        Assert.Contains("no room for now", failed.GetProperty("answer").GetString(), StringComparison.Ordinal);

        using var viewer = city.ClientAs(Role.Viewer);
        var seen = await ApiClient.TextOf(await viewer.Get($"/api/v1/alerts/{id}"));
        Assert.DoesNotContain("chief@luohu.test", seen + await ApiClient.TextOf(await viewer.Get("/api/v1/city")), StringComparison.Ordinal);
        Assert.Contains("c…@luohu.test", System.Text.RegularExpressions.Regex.Unescape(seen), StringComparison.Ordinal);

        // Who decides upon what he saw before is not refused for it, and nobody is told of what is seen.
        var answer = await city.Officer.Post($"/api/v1/alerts/{id}/acknowledge", """{"version":1}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var administrator = city.ClientAs(Role.Administrator);
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
        var line = Assert.Single((await ApiClient.JsonOf(await city.Officer.Get("/api/v1/notices"))).GetProperty("items").EnumerateArray());
        Assert.Equal(("mail", 0, "red"), (line.GetProperty("channel").GetString(), line.GetProperty("failures").GetInt32(), line.GetProperty("severity").GetString()));
    }

    [Fact]
    public async Task After_a_restart_nobody_is_told_again_and_a_trial_says_whether_a_policy_reaches_its_people()
    {
        var folder = Directory.CreateTempSubdirectory("ioc-notices-");
        try
        {
            await using var mail = MailServer.Start();
            await using (var city = await StartAsync(mail, folder.FullName))
            {
                await city.ObserveAsync("flood", Some.Change(Severity.Red, 1));
                await EventsAsync(city, city.Alerts.Open.Single().Id, count: 1);
            }
            await using var again = await StartAsync(mail, folder.FullName);
            Assert.Equal(["chief@luohu.test"], again.Alerts.Open.Single().Notices!.Select(notice => notice.To));
            await again.ObserveAsync("other", Some.Change(Severity.Red, 2));
            await EventsAsync(again, again.Alerts.Open.Single(a => a.SensorId == "other").Id, count: 1);
            Assert.Equal(["flood", "other"], mail.Messages.Select(message => message.Subject!.Split('】')[1].Split('：')[0]));

            using var administrator = again.ClientAs(Role.Administrator);
            var line = Assert.Single((await ApiClient.JsonOf(await administrator.Post("/api/v1/notices/值班长/test", "{}"))).GetProperty("items").EnumerateArray());
            Assert.Equal(0, line.GetProperty("failures").GetInt32());
            Assert.Equal("【测试】预警通知：值班长", mail.Messages.Last().Subject);
            await ApiClient.ProblemOf(await administrator.Post("/api/v1/notices/nobody/test", "{}"), 404, "notice-policy");
            Assert.Equal(HttpStatusCode.Forbidden, (await again.Officer.Post("/api/v1/notices/值班长/test", "{}")).StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Who_was_told_is_told_that_it_is_over_once_also_by_a_host_that_starts_after_it_was_closed()
    {
        var folder = Directory.CreateTempSubdirectory("ioc-notices-");
        try
        {
            await using var mail = MailServer.Start();
            string first, second;
            await using (var city = await StartAsync(mail, folder.FullName))
            {
                await city.ObserveAsync("flood", Some.Change(Severity.Red, 1));
                first = city.Alerts.Open.Single().Id;
                await EventsAsync(city, first, count: 1);
                await city.ObserveAsync("other", Some.Change(Severity.Red, 1));
                second = city.Alerts.Open.Single(a => a.SensorId == "other").Id;
                await EventsAsync(city, second, count: 1);
                Assert.Equal(HttpStatusCode.OK, (await city.Officer.Post($"/api/v1/alerts/{first}/close", """{"comment":"现场已退水"}""")).StatusCode);
                Assert.True(SpinWait.SpinUntil(() => NotifiedOf(city, first).GetAwaiter().GetResult().Length == 2, TimeSpan.FromSeconds(60)), "Nobody was told that it is over.");
            }
            await using (var busy = await StartAsync(mail, folder.FullName, "--Notices:LookEvery=00:01:00"))
                await busy.Officer.Post($"/api/v1/alerts/{second}/close", """{"comment":"误触发"}""");
            await using var again = await StartAsync(mail, folder.FullName);
            Assert.True(SpinWait.SpinUntil(() => mail.Messages.Count == 4, TimeSpan.FromSeconds(60)), "Nobody was told of what was closed before the start.");
            Assert.Equal(["【预警关闭】flood：道路积水", "【预警关闭】other：道路积水"], mail.Messages.Skip(2).Select(message => message.Subject));
            Assert.Contains("备注：现场已退水", mail.Messages.ElementAt(2).TextBody, StringComparison.Ordinal);
            JsonElement[] told = [];
            Assert.True(SpinWait.SpinUntil(() => (told = NotifiedOf(again, second).GetAwaiter().GetResult()).Length == 2, TimeSpan.FromSeconds(60)), "That it was told is not kept.");
            Assert.Equal([JsonValueKind.Null, JsonValueKind.True], told.Select(e => e.GetProperty("notices")[0].GetProperty("ended").ValueKind));
            using var administrator = again.ClientAs(Role.Administrator);
            Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
            await again.ObserveAsync("third", Some.Change(Severity.Red, 2));
            Assert.True(SpinWait.SpinUntil(() => mail.Messages.Count == 5, TimeSpan.FromSeconds(60)), "The next alert was not told.");
            Assert.StartsWith("【红色预警】third", mail.Messages.Last().Subject, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_takes_and_never_answers_holds_up_its_own_recipient_alone_and_is_asked_once_more()
    {
        await using var mail = MailServer.Start();
        var asked = new ConcurrentQueue<string>();
        await using var hanging = await WebPage.StartAsync(async context =>
        {
            asked.Enqueue(await new StreamReader(context.Request.Body).ReadToEndAsync());
            var gone = new TaskCompletionSource();
            context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        await using var city = await StartAsync(mail, settings: [$"--Notices:Policies:0:To:1={hanging.Urls.Single()}/hook", "--Notices:Timeout=00:00:05", "--Notices:RetryMax=00:00:00.200"]);
        await city.ObserveAsync("first", Some.Change(Severity.Red, 1));
        Assert.True(SpinWait.SpinUntil(() => !asked.IsEmpty, TimeSpan.FromSeconds(60)), "The hanging server was never asked.");
        await city.ObserveAsync("second", Some.Change(Severity.Red, 1));
        Assert.True(SpinWait.SpinUntil(() => mail.Messages.Count == 2, TimeSpan.FromSeconds(60)), "The mail of the second alert waits for a server that hangs.");
        var notices = (await EventsAsync(city, city.Alerts.Open.Single(a => a.SensorId == "first").Id, count: 2)).SelectMany(e => e.GetProperty("notices").EnumerateArray()).ToList();
        Assert.Equal([true, false], notices.Select(notice => notice.GetProperty("delivered").GetBoolean()).OrderDescending());
        Assert.Contains("没有答复", notices.Single(notice => !notice.GetProperty("delivered").GetBoolean()).GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => asked.Count(body => body.Contains("second", StringComparison.Ordinal)) == 2, TimeSpan.FromSeconds(60)), "It was not asked once more.");
        await city.ObserveAsync("third", Some.Change(Severity.Red, 1));
        Assert.True(SpinWait.SpinUntil(() => asked.Count(body => body.Contains("third", StringComparison.Ordinal)) == 2, TimeSpan.FromSeconds(60)), "It was not asked of the third.");
        Assert.Equal(2, asked.Count(body => body.Contains("first", StringComparison.Ordinal)));
    }

    /// <summary>What gateways kept while the host was down may say that a flood of before is over.</summary>
    [Fact]
    public async Task Soon_after_a_start_people_are_told_of_what_was_measured_since_and_of_nothing_older()
    {
        await using var mail = MailServer.Start();
        await using var city = await StartAsync(mail, settings: "--Notices:Grace=01:00:00");
        await city.ObserveAsync("before", Some.Change(Severity.Red, 1));
        await city.ObserveAsync("now", Some.Change(Severity.Red, 1) with { ObservedMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() });
        await EventsAsync(city, city.Alerts.Open.Single(a => a.SensorId == "now").Id, count: 1);
        Assert.DoesNotContain("before", Assert.Single(mail.Messages).TextBody, StringComparison.Ordinal);
    }

    private static Task<CityHost> StartAsync(MailServer mail, string? folder = null, params string[] settings) => CityHost.StartAsync(folder,
    [
        "--Notices:Mail:Host=127.0.0.1", $"--Notices:Mail:Port={mail.Port}", "--Notices:Mail:Security=None", "--Notices:Mail:From=ioc@luohu.test", "--Notices:LookEvery=00:00:00.100", "--Notices:RetryFirst=00:00:00.200", "--Notices:Every=00:00:00", "--Notices:Grace=00:00:00", "--Notices:SurveyPatience=00:00:00",
        "--Notices:Policies:0:Name=值班长", "--Notices:Policies:0:Severity=red", "--Notices:Policies:0:To:0=chief@luohu.test", .. settings,
    ]);

    private static async Task<JsonElement[]> EventsAsync(CityHost city, string id, int count)
    {
        Assert.True(SpinWait.SpinUntil(() => city.Alerts.TryFind(id, out var alert) && alert!.Version > count, TimeSpan.FromSeconds(60)), $"{count} notices of {id} were never kept.");
        return await NotifiedOf(city, id);
    }

    private static async Task<JsonElement[]> NotifiedOf(CityHost city, string id)
    {
        var detail = await ApiClient.JsonOf(await city.Officer.Get($"/api/v1/alerts/{id}"));
        return [.. detail.GetProperty("events").EnumerateArray().Where(e => e.GetProperty("type").GetString() == "notified")];
    }
}
