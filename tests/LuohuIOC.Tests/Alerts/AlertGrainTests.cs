using System.Data.Common;
using LuohuIOC.Alerts;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Wall;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertGrainTests
{
    [Fact]
    public async Task After_a_restart_the_alert_is_open_and_a_replay_adds_nothing()
    {
        var directory = Directory.CreateTempSubdirectory("ioc-alerts-").FullName;
        string id;
        await using (var city = await CityHost.StartAsync(directory))
        {
            await city.ObserveAsync("wl-001", Some.Change(Severity.Yellow, 1), Some.Change(Severity.Red, 2));
            id = Assert.Single(city.Alerts.Open).Id;
            await city.Officer.Post($"/api/v1/alerts/{id}/acknowledge", "{}");
        }
        await using (var city = await CityHost.StartAsync(directory))
        {
            Assert.Equal("acknowledged", Assert.Single(city.Alerts.Open).State);
            await city.ObserveAsync("wl-001", Some.Change(Severity.Yellow, 1), Some.Change(Severity.Red, 2));
            Assert.Equal(3, Assert.Single(city.Alerts.Open).Version);
            await city.ObserveAsync("wl-001", Some.Change(null, 3));
            Assert.Empty(city.Alerts.Open);
            var list = await ApiClient.JsonOf(await city.Officer.Get("/api/v1/alerts"));
            Assert.Equal(id, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        }
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task While_the_disk_refuses_the_wall_goes_on_and_the_caller_waits()
    {
        await using var city = await CityHost.StartAsync();
        await city.ObserveAsync("wl-001", Some.Change(Severity.Blue, 1));
        using var other = city.Services.GetRequiredService<AlertDatabase>().Open();
        Execute(other, "BEGIN IMMEDIATE");
        var waiting = city.ObserveAsync("wl-001", Some.Change(Severity.Red, 2));
        Assert.True(
            SpinWait.SpinUntil(() => city.Alerts.Open.Single().Severity == "red", TimeSpan.FromSeconds(30)), "The board waits for the disk.");
        // Asked again, because the first call seems lost: still not durable, so still no answer.
        var again = city.ObserveAsync("wl-001", Some.Change(Severity.Red, 2));
        Assert.True(
            SpinWait.SpinUntil(() => city.Services.GetRequiredService<AlertMeters>().Failures > 0, TimeSpan.FromSeconds(30)), "The refusal was not counted.");
        Assert.False(waiting.IsCompleted || again.IsCompleted);
        Execute(other, "ROLLBACK");
        await Task.WhenAll(waiting, again);
        Assert.Equal(2, city.Services.GetRequiredService<AlertQueries>().Open().Single().Version);
    }

    [Fact]
    public async Task An_alert_that_cleared_long_ago_closes_by_itself()
    {
        await using var city = await CityHost.StartAsync(null, "--Alerts:AutoCloseAfter=00:00:00", "--Alerts:AutoCloseEvery=00:00:01");
        await city.ObserveAsync("wl-001", Some.Change(Severity.Red, 1), Some.Change(null, 2));
        Assert.True(SpinWait.SpinUntil(() => city.Alerts.Count == 0, TimeSpan.FromSeconds(60)), "The alert was never closed.");
    }

    [Fact]
    public async Task A_cleared_alert_is_acknowledged_twice_without_error_and_its_mark_reaches_the_wall()
    {
        await using var city = await CityHost.StartAsync();
        await city.ObserveAsync("wl-001", Some.Change(Severity.Red, 1), Some.Change(null, 2));
        var id = Assert.Single(city.Alerts.Open).Id;
        for (var i = 0; i < 2; i++)
        {
            var answer = await city.Officer.Post($"/api/v1/alerts/{id}/acknowledge", "{}");
            Assert.Equal(200, (int)answer.StatusCode);
        }
        // What it says would stand nowhere.
        await ApiClient.ProblemOf(await city.Officer.Post($"/api/v1/alerts/{id}/acknowledge", """{"comment":"关闭后的话"}"""), 409, "alert-closed");
        var heard = new List<AlertView>();
        city.Alerts.Changed += heard.Add;
        await city.Officer.Post($"/api/v1/alerts/{id}/mark", """{"verdict":"true"}""");
        Assert.Equal(("closed", "true"), (Assert.Single(heard).State, heard[0].Verdict));
    }

    /// <summary>Two hosts in a partition have left them; the sensor must stay alertable, and neither alert open for ever.</summary>
    [Fact]
    public async Task Of_two_open_alerts_of_one_rule_the_worse_goes_on_and_the_other_ends_and_says_why()
    {
        var directory = Directory.CreateTempSubdirectory("ioc-alerts-").FullName;
        string worse;
        await using (var city = await CityHost.StartAsync(directory))
        {
            await city.ObserveAsync("wl-001", Some.Change(Severity.Orange, 1));
            worse = Assert.Single(city.Alerts.Open).Id;
            var (watch, events, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Yellow, 2), Some.Now, TimeSpan.FromHours(24));
            await city.Services.GetRequiredService<AlertStore>().AppendAsync([new AlertSave("wl-001", watch, events, watch.Open)]);
        }
        await using (var city = await CityHost.StartAsync(directory))
        {
            var other = Assert.Single(city.Alerts.Open, a => a.Id != worse).Id;
            await city.ObserveAsync("wl-001", Some.Change(Severity.Red, 3));
            Assert.Equal((worse, "red"), (Assert.Single(city.Alerts.Open).Id, city.Alerts.Open.Single().Severity));
            var queries = city.Services.GetRequiredService<AlertQueries>();
            Assert.True(
                SpinWait.SpinUntil(() => queries.Find(other)!.State == AlertState.Closed, TimeSpan.FromSeconds(30)), "The alert too many was never closed.");
            Assert.Contains(worse, queries.EventsOf(other)[^1].Evidence, StringComparison.Ordinal);
            Assert.True(city.Services.GetRequiredService<AlertChain>().Verify().Intact);
        }
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
