using LuohuIOC.Alerts;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertStoreTests : IAsyncLifetime
{
    private readonly StoreFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        await _fixture.DoAsync(Some.Observed(Severity.Orange, 1));
        await _fixture.DoAsync(new AlertCommand.Assign(Some.Request(_fixture.Watch, comment: "请尽快到场"), "黄贝街道办"));
        await _fixture.RestartAsync();
        var watch = Assert.Single((await _fixture.Store.LoadAsync("wl-001")).Watches);
        Assert.Equal(_fixture.Watch, watch);
        Assert.Equal([1, 2], _fixture.Queries.EventsOf(watch.Open!.Id).Select(happened => happened.Sequence));
        Assert.Equal("请尽快到场", _fixture.Queries.Find(watch.Open.Id)!.Comment);
        await _fixture.DoAsync(new AlertCommand.Acknowledge(Some.Request(watch)));
        Assert.True(_fixture.Chain.Verify().Intact);
    }

    [Fact]
    public async Task A_change_without_an_event_is_remembered_too()
    {
        await _fixture.DoAsync(Some.Observed(Severity.Red, 1));
        await _fixture.DoAsync(new AlertCommand.Close(Some.Request(_fixture.Watch, comment: "误报")));
        await _fixture.DoAsync(Some.Observed(Severity.Yellow, 2));
        await _fixture.RestartAsync();
        Assert.Equal(Severity.Yellow, Assert.Single((await _fixture.Store.LoadAsync("wl-001")).Watches).Condition);
    }

    [Fact]
    public async Task A_step_that_is_stored_again_takes_back_nothing_that_came_after_it()
    {
        static AlertSave Save(AlertStep step) => new("wl-001", step.Watch, step.Events, step.Watch.Open);
        var raised = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Yellow, 1), Some.Now, TimeSpan.FromHours(24));
        var worse = AlertLifecycle.Step(raised.Watch, Some.Observed(Severity.Red, 2), Some.Now, TimeSpan.FromHours(24));
        foreach (var step in (AlertStep[])[raised, worse, raised]) await _fixture.Store.AppendAsync([Save(step)]);
        Assert.Equal(worse.Watch.Open, Assert.Single(_fixture.Queries.Open()));
        Assert.Equal(worse.Watch, Assert.Single((await _fixture.Store.LoadAsync("wl-001")).Watches));
        Assert.True(_fixture.Chain.Verify().Intact);
    }

    [Fact]
    public async Task Many_callers_at_once_are_all_stored_in_one_unbroken_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => _fixture.RaiseAsync($"s-{i:D4}", (Severity)(1 + i % 4), i)));
        var verified = _fixture.Chain.Verify();
        Assert.True(verified.Intact);
        Assert.Equal(2000, verified.Events);
        Assert.Equal(2000, _fixture.Queries.Open().Count);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        // Three of each second: the order must hold where times are equal.
        for (var i = 0; i < 30; i++) await _fixture.RaiseAsync($"s-{i:D2}", (Severity)(1 + i % 4), i / 3);
        var seen = new List<Alert>();
        AlertCursor? after = null;
        do
        {
            var (items, next) = _fixture.Queries.List(new AlertFilter { Limit = 7, After = after, Severities = [Severity.Blue, Severity.Red] });
            seen.AddRange(items);
            after = next;
        }
        while (after is not null);
        Assert.Equal(30 / 4 + 30 / 4 + 1, seen.Count);
        Assert.Distinct(seen.Select(alert => alert.Id));
        Assert.Equal(seen.OrderByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.Id, StringComparer.Ordinal), seen);
    }

    /// <summary>Walls show an alert before it is on disk; whoever asks for it then must not be told that there is none.</summary>
    [Fact]
    public async Task Whoever_is_shown_an_alert_and_asks_for_it_at_once_finds_it()
    {
        for (var i = 0; i < 20; i++)
        {
            var stored = _fixture.RaiseAsync($"s-{i}", Severity.Red, i);
            await _fixture.Store.SettledAsync(TestContext.Current.CancellationToken);
            Assert.Equal(i + 1, _fixture.Queries.Open().Count);
            await stored;
        }
    }

    [Fact]
    public async Task A_disk_that_refuses_is_asked_again_until_it_takes_all_in_order()
    {
        await _fixture.DoAsync(Some.Observed(Severity.Blue, 1));
        Task[] waiting;
        using (var other = _fixture.Database.Open())
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            waiting = [_fixture.DoAsync(Some.Observed(Severity.Red, 2)), _fixture.DoAsync(new AlertCommand.Acknowledge(Some.Request(_fixture.Watch)))];
            Assert.True(
                SpinWait.SpinUntil(() => _fixture.Meters.Failures > 0, TimeSpan.FromSeconds(30)), "The store never noticed that the file is locked.");
            Assert.DoesNotContain(waiting, task => task.IsCompleted);
            // A grain that is activated meanwhile sees what waits, not what is on disk.
            Assert.Equal(AlertState.Acknowledged, Assert.Single((await _fixture.Store.LoadAsync("wl-001")).Watches).Open!.State);
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }
        await Task.WhenAll(waiting);
        Assert.Equal(3, _fixture.Queries.Find(_fixture.Watch.Open!.Id)!.Version);
        Assert.True(_fixture.Chain.Verify().Intact);
    }

    [Fact]
    public async Task What_can_never_be_stored_fails_alone()
    {
        _fixture.Execute("CREATE TRIGGER refuse BEFORE INSERT ON alert WHEN NEW.sensor = 's-bad' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var good = Enumerable.Range(0, 20).Select(i => _fixture.RaiseAsync($"s-{i:D2}", Severity.Red, i)).ToList();
        var bad = _fixture.RaiseAsync("s-bad", Severity.Red, 1);
        good.AddRange(Enumerable.Range(20, 20).Select(i => _fixture.RaiseAsync($"s-{i:D2}", Severity.Red, i)));
        await Task.WhenAll(good);
        var refused = await Assert.ThrowsAsync<AlertNotStoredException>(() => bad);
        Assert.Contains("s-bad", refused.Message);
        Assert.Empty((await _fixture.Store.LoadAsync("s-bad")).Watches);
        Assert.True(_fixture.Chain.Verify().Intact);
    }

    [Fact]
    public async Task What_follows_from_a_step_that_was_refused_is_refused_too_and_a_new_author_is_not()
    {
        var author = new AlertAuthor();
        var raised = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Yellow, 1), Some.Now, TimeSpan.FromHours(24));
        var cleared = AlertLifecycle.Step(raised.Watch, Some.Observed(null, 2), Some.Now, TimeSpan.FromHours(24));
        await _fixture.Store.AppendAsync([new AlertSave("wl-001", raised.Watch, raised.Events, raised.Watch.Open)]);
        // As another host's grain of the sensor would have raised it, at another moment.
        var other = raised.Events[0] with { At = Some.Now.AddSeconds(9) };
        var first = _fixture.Store.AppendAsync([new AlertSave("wl-001", raised.Watch, [other], other.Apply(null))], author);
        var second = _fixture.Store.AppendAsync([new AlertSave("wl-001", cleared.Watch, cleared.Events, cleared.Events.Aggregate(other.Apply(null), (alert, e) => e.Apply(alert)))], author);
        await Assert.ThrowsAsync<AlertNotStoredException>(() => first);
        await Assert.ThrowsAsync<AlertNotStoredException>(() => second);
        Assert.True(_fixture.Chain.Verify().Intact);
        await _fixture.Store.AppendAsync([new AlertSave("wl-001", cleared.Watch, cleared.Events, cleared.Events.Aggregate(raised.Watch.Open!, (alert, e) => e.Apply(alert)))], new AlertAuthor());
        Assert.True(_fixture.Chain.Verify().Intact);
    }

    /// <summary>Rows of versions that folded a cleared alert's value otherwise, and did not know of the highest severity, are no evidence of a change.</summary>
    [Theory]
    [InlineData(true, "json_set(body, '$.value', 0.4)")]
    [InlineData(false, "json_set(body, '$.state', 'Raised')")]
    [InlineData(false, "json_set(body, '$.acknowledgedBy', '王强')")]
    public async Task A_row_that_an_older_version_has_folded_is_held_to_what_that_knew(bool isIntact, string change)
    {
        await _fixture.DoAsync(Some.Observed(Severity.Red, 1));
        await _fixture.DoAsync(new AlertCommand.Acknowledge(Some.Request(_fixture.Watch)));
        await _fixture.DoAsync(Some.Observed(null, 2));
        Assert.True(_fixture.Chain.Verify().Intact);
        _fixture.Execute("UPDATE alert SET body = json_set(body, '$.value', 0.4)");
        Assert.False(_fixture.Chain.Verify().Intact);
        _fixture.Execute($"UPDATE alert SET body = json_remove({change}, '$.fold', '$.furthest', '$.highest')");
        Assert.Equal(isIntact, _fixture.Chain.Verify().Intact);
    }

    [Theory]
    [InlineData(true, "json_set(body, '$.furthest', 0.9)")]
    [InlineData(true, "body")]
    [InlineData(false, "json_set(body, '$.value', 0.4)")]
    [InlineData(false, "json_set(body, '$.acknowledgedBy', '王强')")]
    public async Task Of_the_version_before_only_the_furthest_may_differ(bool isIntact, string change)
    {
        await _fixture.DoAsync(Some.Observed(Severity.Red, 1));
        await _fixture.DoAsync(new AlertCommand.Acknowledge(Some.Request(_fixture.Watch)));
        await _fixture.DoAsync(Some.Observed(null, 2));
        _fixture.Execute($"UPDATE alert SET body = json_set({change}, '$.fold', 2)");
        Assert.Equal(isIntact, _fixture.Chain.Verify().Intact);
    }

    [Theory]
    [InlineData("UPDATE alert_event SET body = replace(body, 'Orange', 'Blue') WHERE position = 1", "hash", "1")]
    [InlineData("UPDATE alert_event SET hash = zeroblob(32) WHERE position = 2", "hash", "2")]
    [InlineData("DELETE FROM alert_event WHERE position = 2", "position", "2")]
    [InlineData("UPDATE alert_event SET previous = zeroblob(32) WHERE position = 3", "previous", "3")]
    [InlineData("UPDATE alert_event SET alert = 'another' WHERE position = 3", "identity", "3")]
    [InlineData("UPDATE alert SET body = replace(body, 'Acknowledged', 'Raised')", "row", null)]
    [InlineData("UPDATE alert SET severity = 1", "row", null)]
    [InlineData("DELETE FROM alert", "row-missing", null)]
    public async Task Tampering_shows(string sql, string fault, string? at)
    {
        await _fixture.DoAsync(Some.Observed(Severity.Orange, 1));
        await _fixture.DoAsync(new AlertCommand.Acknowledge(Some.Request(_fixture.Watch)));
        await _fixture.DoAsync(new AlertCommand.Note(Some.Request(_fixture.Watch, comment: "到场")));
        var before = _fixture.Chain.Verify();
        Assert.True(before.Intact);
        Assert.Equal(3, before.Events);
        _fixture.Execute(sql);
        var after = _fixture.Chain.Verify();
        Assert.False(after.Intact);
        Assert.Equal(fault, after.Fault);
        Assert.Equal(at ?? _fixture.Watch.Open!.Id, after.At);
    }

    [Fact]
    public async Task Cutting_the_end_off_shows_in_the_head_that_was_noted()
    {
        await _fixture.DoAsync(Some.Observed(Severity.Orange, 1));
        await _fixture.RaiseAsync("s-1", Severity.Red, 2);
        var head = _fixture.Chain.Verify().Head;
        _fixture.Execute("DELETE FROM alert_event WHERE position = 2; DELETE FROM alert WHERE sensor = 's-1'");
        var after = _fixture.Chain.Verify();
        Assert.True(after.Intact);
        Assert.NotEqual(head, after.Head);
    }

    [Fact]
    public void A_damaged_file_names_itself()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("ioc-alerts-").FullName, "alerts.db");
        File.WriteAllText(path, new string('x', 4096));
        var damaged = Assert.Throws<IOException>(() => new AlertDatabase(path));
        Assert.Contains(path, damaged.Message);
        SqliteConnection.ClearAllPools();
    }
}
