using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class SurroundingsTests
{
    /// <summary>Written by hand once and never again: what is in a chain must be readable for ever.</summary>
    private const string Surveyed =
        """{"alertId":"0123456789abcdef01234567","sequence":2,"type":"Surveyed","at":"2023-09-07T18:00:06+00:00","actor":"system","surroundings":{"at":"2023-09-07T18:00:06+00:00","subject":"Rise","lean":"Event","minutes":15,"moved":0.2,"neighbours":[{"id":"wl-002","name":"布心易涝点","kind":"waterlogging","side":"Near","metres":820,"metric":"depth","value":0.12,"moved":0.1,"departure":6.1,"observedAt":"2023-09-07T17:59:30+00:00","verdict":"Agrees"}],"rain":{"gauges":3,"hourMillimetres":42.5,"undrainedMillimetres":40.1},"last":{"alertId":"fedcba9876543210fedcba98","rule":"waterlogging-depth","worst":"Orange","raisedAt":"2023-08-01T10:00:00+00:00","endedAt":"2023-08-01T10:42:00+00:00","peak":0.31,"closedBy":"system","verdict":"True"}}}""";

    [Fact]
    public void A_stored_look_is_read_and_written_as_it_stands()
    {
        var happened = JsonSerializer.Deserialize(Surveyed, AlertJson.Stored.AlertEvent)!;
        Assert.Equal(Surveyed, JsonSerializer.Serialize(happened, AlertJson.Stored.AlertEvent));
        var raised = new AlertEvent(happened.AlertId, 1, AlertEventType.Raised, Some.Now, Alert.System)
        {
            Subject = Some.Subject(),
            Rule = Some.Rule,
            To = Severity.Orange,
            ObservedAt = Some.Now,
        };
        var alert = happened.Apply(raised.Apply(null));
        Assert.Equal(alert, JsonSerializer.Deserialize(JsonSerializer.Serialize(alert, AlertJson.Stored.Alert), AlertJson.Stored.Alert));
        Assert.Equal(42.5, alert.Surroundings!.Rain!.HourMillimetres);
        Assert.Equal(1, alert.TurnedAs);
    }

    [Fact]
    public void It_is_looked_at_once_and_only_while_the_alert_is_open()
    {
        var watch = Do(new RuleWatch(Some.Rule), Some.Observed(Severity.Yellow, 1)).Watch;
        var id = watch.Open!.Id;
        watch = Do(watch, new AlertCommand.Survey(id, Around())).Watch;
        Assert.Equal(2, watch.Open!.Version);
        Assert.Empty(Do(watch, new AlertCommand.Survey(id, Around())).Events);
        watch = Do(watch, Some.Observed(null, 2)).Watch;
        Assert.Null(watch.Open);
        Assert.Empty(Do(watch, new AlertCommand.Survey(id, Around())).Events);
    }

    [Fact]
    public void An_officer_who_was_reading_while_it_came_is_not_refused()
    {
        var watch = Do(new RuleWatch(Some.Rule), Some.Observed(Severity.Yellow, 1)).Watch;
        watch = Do(watch, new AlertCommand.Survey(watch.Open!.Id, Around())).Watch;
        var read = Do(watch, new AlertCommand.Acknowledge(Some.Request(watch, version: 1)));
        Assert.Equal(AlertRefusal.None, read.Refusal);
        Assert.Equal(AlertState.Acknowledged, read.Watch.Open!.State);
        // What came after it he has not seen.
        var worse = Do(watch, Some.Observed(Severity.Red, 2)).Watch;
        Assert.Equal(AlertRefusal.VersionConflict, Do(worse, new AlertCommand.Acknowledge(Some.Request(worse, version: 1))).Refusal);
        Assert.Equal(AlertRefusal.VersionConflict, Do(worse, new AlertCommand.Acknowledge(Some.Request(worse, version: 2))).Refusal);
    }

    [Fact]
    public async Task It_is_in_the_chain_and_survives_a_restart()
    {
        await using var store = new StoreFixture();
        await store.DoAsync(Some.Observed(Severity.Yellow, 1));
        await store.DoAsync(new AlertCommand.Survey(store.Watch.Open!.Id, Around()));
        await store.RestartAsync();
        Assert.True(store.Chain.Verify().Intact);
        Assert.Equal(Around(), (await store.Store.LoadAsync("wl-001")).Watches.Single().Open!.Surroundings);
        Assert.Equal(AlertEventType.Surveyed, store.Queries.EventsOf(store.Watch.Open!.Id)[^1].Type);
        // Taken out of the event, the chain shows it.
        store.Execute("UPDATE alert_event SET body = replace(body, '\"lean\":\"Event\"', '\"lean\":\"Instrument\"') WHERE sequence = 2");
        Assert.Equal("hash", store.Chain.Verify().Fault);
    }

    [Fact]
    public async Task The_last_like_it_is_of_the_same_rule_or_else_of_the_same_metric()
    {
        await using var store = new StoreFixture();
        async Task<string> EpisodeAsync(string rule, int second)
        {
            var raise = AlertLifecycle.Step(new RuleWatch(rule), new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Yellow, second, rule)), Some.Now.AddSeconds(second), TimeSpan.FromHours(24));
            var end = AlertLifecycle.Step(raise.Watch, new AlertCommand.Observe(Some.Subject(), Some.Change(null, second + 5, rule)), Some.Now.AddSeconds(second + 5), TimeSpan.FromHours(24));
            AlertEvent[] events = [.. raise.Events, .. end.Events];
            await store.Store.AppendAsync([new AlertSave("wl-001", end.Watch, events, events.Aggregate((Alert?)null, (alert, happened) => happened.Apply(alert)))]);
            return events[0].AlertId;
        }
        var same = await EpisodeAsync(Some.Rule, 0);
        var other = await EpisodeAsync("nowcast-depth", 100);
        var now = Some.Now.AddSeconds(200);
        Assert.Equal(same, store.Queries.LastSimilar("wl-001", Some.Rule, "depth", now)!.Value.Alert.Id);
        Assert.Equal(other, store.Queries.LastSimilar("wl-001", "another-rule", "depth", now)!.Value.Alert.Id);
        Assert.Null(store.Queries.LastSimilar("wl-001", "another-rule", "level", now));
        Assert.Null(store.Queries.LastSimilar("wl-001", Some.Rule, "depth", Some.Now));
        Assert.Equal(4, store.Queries.LastSimilar("wl-001", Some.Rule, "depth", now)!.Value.Events.Count + 1);
        using var connection = store.Database.Open();
        using var plan = connection.CreateCommand();
        plan.CommandText = $"EXPLAIN QUERY PLAN {AlertQueries.ClosedOf} AND rule = @rule ORDER BY raised_at DESC, id DESC LIMIT 1";
        foreach (var name in new[] { "@sensor", "@before", "@rule" })
        {
            var parameter = plan.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, 1);
            plan.Parameters.Add(parameter);
        }
        using var steps = plan.ExecuteReader();
        Assert.True(steps.Read());
        Assert.Contains("alert_by_sensor", steps.GetString(3));
    }

    [Theory]
    [InlineData(NeighbourVerdict.Agrees, NeighbourVerdict.Calm, SurroundingsLean.Event, 12.0, "相邻 2 站中 1 站同步上升；近 1 小时周边最大雨量 12 mm。更可能是真实水情，而非仪器问题。")]
    [InlineData(NeighbourVerdict.Calm, NeighbourVerdict.Calm, SurroundingsLean.Instrument, 0.0, "相邻 2 站均未见上升；周边近 1 小时无雨。更可能是仪器问题或仅此一处的变化，请先核实。")]
    [InlineData(NeighbourVerdict.Silent, NeighbourVerdict.Doubtful, SurroundingsLean.Undecided, double.NaN, "相邻同类站点均无有效数据；周边雨量站均无数据。尚不能判断是真实情况还是仪器问题。")]
    public void It_is_said_in_one_line(NeighbourVerdict first, NeighbourVerdict second, SurroundingsLean lean, double rain, string text)
    {
        var found = Around() with { Neighbours = [Near(first), Near(second)], Lean = lean, Rain = new RainNear(double.IsNaN(rain) ? 0 : 3, double.IsNaN(rain) ? null : rain, 0) };
        Assert.Equal(text, SurroundingsWords.Summary(TextBook.Chinese, "pipe", found));
        Assert.DoesNotContain("surroundings.", SurroundingsWords.Summary(TextBook.English, "pipe", found));
    }

    [Fact]
    public void An_hour_that_is_not_known_in_full_is_not_said_to_be_dry()
    {
        Assert.Equal("周边近 1 小时雨量记录不全", SurroundingsWords.Rain(TextBook.Chinese, new RainNear(3, null, 0)));
        Assert.Equal("周边近 1 小时雨量记录不全，估计此前的降雨还有约 45.2 mm 没有排完", SurroundingsWords.Rain(TextBook.Chinese, new RainNear(3, null, 45.2)));
        Assert.Equal("rain nearby in the last hour not fully known, about 45.2 mm still draining", SurroundingsWords.Rain(TextBook.English, new RainNear(3, null, 45.2)));
    }

    [Fact]
    public void Every_case_has_its_words_in_both_languages()
    {
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
            foreach (var subject in Enum.GetValues<SurroundingsSubject>())
                foreach (var side in Enum.GetValues<NeighbourSide>())
                    foreach (var verdict in Enum.GetValues<NeighbourVerdict>())
                        foreach (var lean in Enum.GetValues<SurroundingsLean>())
                        {
                            Neighbour[] two = [Near(verdict) with { Side = side }, Near(NeighbourVerdict.Agrees) with { Side = side }];
                            foreach (var asked in new[] { two, two[..1] })
                            {
                                var text = SurroundingsWords.Summary(language, "smoke", Around() with { Subject = subject, Lean = lean, Neighbours = asked })
                                    + SurroundingsWords.Verdict(language, subject, verdict);
                                Assert.DoesNotContain("surroundings.", text);
                            }
                        }
    }

    [Fact]
    public void The_last_episode_is_told_in_Beijing_time()
    {
        var last = JsonSerializer.Deserialize(Surveyed, AlertJson.Stored.AlertEvent)!.Surroundings!.Last!;
        Assert.Equal("2023-08-01 18:00 道路积水，最高橙色，持续 42 分钟，极值 31 cm；情况解除后自动关闭，标记为属实。", SurroundingsWords.Last(TextBook.Chinese, "waterlogging", "depth", last));
        Assert.Equal(
            "2023-08-01 18:00, Water on the road, worst orange, lasted 42 min, extreme 31 cm; closed by Li, not marked (gauge cleaned).",
            SurroundingsWords.Last(TextBook.English, "waterlogging", "depth", last with { ClosedBy = "Li", Verdict = null, Comment = "gauge cleaned" }));
        // Nothing lasts no time.
        Assert.Contains("持续 1 分钟", SurroundingsWords.Last(TextBook.Chinese, "waterlogging", "depth", last with { EndedAt = last.RaisedAt.AddSeconds(20) }), StringComparison.Ordinal);
    }

    private static Neighbour Near(NeighbourVerdict verdict) => new("wl-002", "布心易涝点", "waterlogging", NeighbourSide.Near, 820, "depth", 0.12, 0.1, null, Some.Now, verdict);

    private static Surroundings Around() =>
        new(Some.Now, SurroundingsSubject.Rise, SurroundingsLean.Event, 15, 0.2, null, [Near(NeighbourVerdict.Agrees)], null, null);

    private static AlertStep Do(RuleWatch watch, AlertCommand command) => AlertLifecycle.Step(watch, command, Some.Now, TimeSpan.FromHours(24));
}
