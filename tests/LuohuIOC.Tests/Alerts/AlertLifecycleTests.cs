using LuohuIOC.Alerts;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertLifecycleTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private RuleWatch _watch = new(Some.Rule);
    private DateTimeOffset _now = Some.Now;
    private Alert? _last;

    [Fact]
    public void A_change_raises_one_alert_with_what_was_measured()
    {
        Assert.Equal([AlertEventType.Raised], Do(Some.Observed(Severity.Orange, 5)));
        Assert.Equal(AlertState.Raised, _last!.State);
        Assert.Equal(Severity.Orange, _last.Severity);
        Assert.Equal(0.3, _last.Value!.Value, 9);
        Assert.Equal(0.15, _last.Threshold);
        Assert.Equal(Some.Now.AddSeconds(5), _last.ObservedAt);
        Assert.Equal("文锦渡易涝点", _last.Subject.Name);
        Assert.Equal(1, _last.Version);
    }

    [Fact]
    public void A_further_value_at_the_same_severity_is_told_and_takes_nothing_from_an_officer()
    {
        Do(Some.Observed(Severity.Red, 1));
        var request = Some.Request(_watch, version: 1);
        Assert.Equal([AlertEventType.Furthered], Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 2) with { Value = 0.95 })));
        Assert.Empty(Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 3) with { Value = 0.8 })));
        Assert.Equal([AlertEventType.Acknowledged], Do(new AlertCommand.Acknowledge(request)));
        Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 4) with { Value = 1.2 }));
        Assert.Equal(AlertState.Acknowledged, _last!.State);
        Do(Some.Observed(null, 5));
        Assert.Equal((0.05, 1.2), (_last!.Value, _last.Furthest));
    }

    /// <summary>A detector has no threshold of the metric: how far a value went is told by what had been expected, about 1.9.</summary>
    [Theory]
    [InlineData(1.7, 0.5, 0.5)]
    [InlineData(0.5, 1.7, 0.5)]
    [InlineData(1.2, -0.8, -0.8)]
    [InlineData(2.2, 3.1, 3.1)]
    [InlineData(1.7, 3.1, 3.1)]
    public void The_furthest_of_a_detectors_alert_is_its_lowest_where_the_value_falls(double first, double second, double furthest)
    {
        RuleChange Found(Severity? severity, int at, double value) => new("novelty-level", severity, "level", value, double.NaN, Some.Now.AddSeconds(at).ToUnixTimeMilliseconds(),
            """{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"level":1.9}}""");
        var subject = Some.Subject() with { Kind = "outfall" };
        Do(new AlertCommand.Observe(subject, Found(Severity.Blue, 1, first)));
        Do(new AlertCommand.Observe(subject, Found(Severity.Yellow, 2, second)));
        Do(new AlertCommand.Observe(subject, Found(null, 3, 1.85)));
        Assert.Equal(furthest, _last!.Furthest ?? _last.Value);
        var view = AlertView.Of(_last, TextBook.English);
        Assert.Equal(furthest, view.Furthest);
        Assert.Contains(FormattableString.Invariant($"{furthest:F2} m came, about 1.90 m is the level of late"), view.EvidenceText);
    }

    /// <summary>It is told behind the raise and is older than it; judged again both come from the readings of before.</summary>
    [Fact]
    public void A_crest_of_the_hold_that_is_judged_again_is_told()
    {
        Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 60) with { Value = 0.45, IsAgain = true }));
        Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 20) with { Value = 0.8, IsAgain = true }));
        Assert.Equal((2, 0.8), (_last!.Version, _last.Furthest ?? _last.Value));
    }

    /// <summary>What a forecast had expected stands in a part of its own.</summary>
    [Fact]
    public void The_furthest_of_water_below_its_forecast_is_its_lowest()
    {
        RuleChange Found(Severity severity, int at, double value) => new("nowcast-residual", severity, "level", value, double.NaN, Some.Now.AddSeconds(at).ToUnixTimeMilliseconds(),
            """{"residual":{"minutes":15,"expected":1.2,"low":1,"high":1.4,"value":0.2,"factor":-5,"held":8}}""");
        Do(new AlertCommand.Observe(Some.Subject(), Found(Severity.Blue, 1, 0.3)));
        Do(new AlertCommand.Observe(Some.Subject(), Found(Severity.Yellow, 2, 0.5)));
        Assert.Equal(0.3, _last!.Furthest);
    }

    [Fact]
    public void The_highest_severity_stays_when_it_is_acknowledged_and_eases()
    {
        Do(Some.Observed(Severity.Red, 1));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch)));
        Do(Some.Observed(Severity.Blue, 2));
        Do(Some.Observed(Severity.Orange, 3));
        Assert.Equal((Severity.Orange, Severity.Red), (_last!.Worst, _last.Highest));
    }

    [Fact]
    public void What_is_judged_again_does_not_undo_what_is_known_of_later()
    {
        Do(Some.Observed(Severity.Red, 10));
        Do(Some.Observed(null, 20));
        Assert.Empty(Do(new AlertCommand.Observe(Some.Subject(), Some.Change(Severity.Red, 15) with { IsAgain = true })));
        Assert.NotNull(_last!.ClearedAt);
        Assert.Equal([AlertEventType.Returned], Do(Some.Observed(Severity.Red, 30)));
        Assert.Equal(_now, _last.ReturnedAt);
        Assert.Empty(Do(new AlertCommand.Observe(Some.Subject(), Some.Change(null, 25) with { IsAgain = true })));
        Assert.Null(_last.ClearedAt);
        // The end of a silence lies before the moment at which it was noticed.
        Assert.NotEmpty(Do(new AlertCommand.Observe(Some.Subject(), Some.Change(null, 26) with { Metric = "", IsAgain = true })));
    }

    [Fact]
    public void A_value_that_is_no_number_is_no_value()
    {
        var change = Some.Change(Severity.Blue, 1) with { Metric = "", Value = double.NaN, Threshold = double.NaN };
        Do(new AlertCommand.Observe(Some.Subject(), change));
        Assert.Null(_last!.Value);
        Assert.Null(_last.Threshold);
    }

    [Fact]
    public void Escalation_of_an_acknowledged_alert_needs_attention_again_and_easing_does_not()
    {
        Do(Some.Observed(Severity.Yellow, 1));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch)));
        Assert.Equal(AlertState.Acknowledged, _last!.State);
        Assert.Equal([AlertEventType.Eased], Do(Some.Observed(Severity.Blue, 2)));
        Assert.Equal(AlertState.Acknowledged, _last.State);
        Assert.Equal([AlertEventType.Escalated], Do(Some.Observed(Severity.Red, 3)));
        Assert.Equal(AlertState.Raised, _last.State);
        Assert.Null(_last.AcknowledgedBy);
    }

    [Fact]
    public void A_mark_is_kept_twice_is_once_and_another_replaces_it()
    {
        Do(Some.Observed(Severity.Blue, 1));
        var request = Some.Request(_watch, comment: "现场无异常");
        Assert.Equal([AlertEventType.Marked], Do(new AlertCommand.Mark(request, AlertVerdict.False)));
        Assert.Equal((AlertVerdict.False, "值班员甲", 2), (_last!.Verdict!.Value, _last.MarkedBy, _last.Version));
        Assert.Equal(AlertState.Raised, _last.State);
        Assert.Empty(Do(new AlertCommand.Mark(request, AlertVerdict.False)));
        Assert.Equal([AlertEventType.Marked], Do(new AlertCommand.Mark(request with { Actor = "值班员乙" }, AlertVerdict.True)));
        Assert.Equal((AlertVerdict.True, "值班员乙"), (_last.Verdict!.Value, _last.MarkedBy));
    }

    [Fact]
    public void A_mark_that_is_taken_back_leaves_the_alert_as_if_nobody_had_said_anything()
    {
        Do(Some.Observed(Severity.Blue, 1));
        Assert.Empty(Do(new AlertCommand.Mark(Some.Request(_watch), null)));
        Do(new AlertCommand.Mark(Some.Request(_watch), AlertVerdict.False));
        var request = Some.Request(_watch, "值班员乙", "标错了");
        Assert.Equal([AlertEventType.Withdrawn], Do(new AlertCommand.Mark(request, null)));
        Assert.Equal((null, null, null, "标错了", 3), (_last!.Verdict, _last.MarkedBy, _last.MarkedAt, _last.Comment, _last.Version));
        Assert.Empty(Do(new AlertCommand.Mark(request, null)));
        Assert.Equal([AlertEventType.Marked], Do(new AlertCommand.Mark(Some.Request(_watch), AlertVerdict.False)));
    }

    [Fact]
    public void A_cleared_alert_tells_the_value_that_it_cleared_at_and_the_furthest_of_its_steps()
    {
        Do(Some.Observed(Severity.Yellow, 1));
        Do(Some.Observed(Severity.Red, 2));
        Do(Some.Observed(Severity.Blue, 3));
        Do(Some.Observed(null, 4));
        Assert.Equal((0.05, Some.Now.AddSeconds(3)), (_last!.Value!.Value, _last.ObservedAt));
        Assert.Equal((Severity.Blue, 0.15, 0.4), (_last.Severity, _last.Threshold!.Value, _last.Furthest!.Value));
    }

    /// <summary>An orange alert that is over stays until an officer has seen it, but where nothing has been there.</summary>
    [Fact]
    public void What_one_reading_alone_has_told_closes_by_itself_and_says_so()
    {
        Do(Some.Observed(Severity.Orange, 1));
        var over = Some.Change(null, 2) with { Evidence = """{"windowSeconds":3600,"lone":true}""" };
        Assert.Equal([AlertEventType.Cleared, AlertEventType.Closed], Do(new AlertCommand.Observe(Some.Subject(), over)));
        Assert.Equal((AlertState.Closed, Alert.System, Severity.Orange), (_last!.State, _last.ClosedBy, _last.Worst));
        Assert.Contains("下一条读数即已回落", AlertView.Of(_last).EvidenceText);
        Do(Some.Observed(Severity.Orange, 3));
        Assert.Equal([AlertEventType.Cleared], Do(new AlertCommand.Observe(Some.Subject(), over with { ObservedMs = over.ObservedMs + 5000, Evidence = """{"windowSeconds":3600}""" })));
        Assert.Equal(AlertState.Raised, _last.State);
    }

    [Fact]
    public void Cleared_after_acknowledgement_closes_by_itself()
    {
        Do(Some.Observed(Severity.Red, 1));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch)));
        Assert.Equal([AlertEventType.Cleared, AlertEventType.Closed], Do(Some.Observed(null, 2)));
        Assert.Equal(Alert.System, _last!.ClosedBy);
        Assert.Null(_watch.Open);
    }

    [Theory]
    [InlineData(Severity.Blue, true)]
    [InlineData(Severity.Yellow, true)]
    [InlineData(Severity.Orange, false)]
    [InlineData(Severity.Red, false)]
    public void Cleared_unseen_closes_at_once_only_when_it_was_never_serious(Severity worst, bool closes)
    {
        Do(Some.Observed(worst, 1));
        // Water recedes through every step: what it came to is what counts.
        if (worst > Severity.Blue) Do(Some.Observed(Severity.Blue, 2));
        Do(Some.Observed(null, 3));
        Assert.Equal(closes, _watch.Open is null);
        if (!closes) Assert.Equal(_now, _watch.Open!.ClearedAt);
    }

    [Fact]
    public void Cleared_and_unseen_waits_for_the_configured_time()
    {
        Do(Some.Observed(Severity.Orange, 1));
        Do(Some.Observed(null, 2));
        _now += Day - TimeSpan.FromSeconds(1);
        Assert.Empty(Do(new AlertCommand.Expire()));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal([AlertEventType.Closed], Do(new AlertCommand.Expire()));
    }

    [Fact]
    public void What_is_not_dealt_with_by_its_deadline_needs_attention_again_once_for_each_assignment()
    {
        Do(Some.Observed(Severity.Orange, 1));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch)));
        Do(new AlertCommand.Assign(Some.Request(_watch) with { DueAt = _now.AddMinutes(30) }, "抢险一队"));
        _now = _now.AddMinutes(30) - TimeSpan.FromSeconds(1);
        Assert.Empty(Do(new AlertCommand.Expire()));
        _now = _now.AddSeconds(1);
        Assert.Equal([AlertEventType.Overdue], Do(new AlertCommand.Expire()));
        Assert.Equal((AlertState.Raised, null, _now), (_watch.Open!.State, _watch.Open.AcknowledgedBy, _watch.Open.OverdueAt));
        Assert.Equal(("抢险一队", _now), (_last!.AssignedTo, _last.DueAt));
        _now = _now.AddHours(1);
        Assert.Empty(Do(new AlertCommand.Expire()));
        Do(new AlertCommand.Assign(Some.Request(_watch) with { DueAt = _now.AddMinutes(10) }, "抢险二队"));
        Assert.Null(_watch.Open!.OverdueAt);
        // What is over in time is not late.
        Do(Some.Observed(null, 2));
        _now = _now.AddMinutes(10);
        Assert.Empty(Do(new AlertCommand.Expire()));
        _now = _now.AddSeconds(1);
        Assert.Equal([AlertEventType.Returned], Do(Some.Observed(Severity.Orange, 3)));
        Assert.Empty(Do(new AlertCommand.Expire()));
        Do(new AlertCommand.Assign(Some.Request(_watch) with { DueAt = _now.AddMinutes(5) }, "抢险二队"));
        _now = _now.AddMinutes(5);
        Assert.Equal([AlertEventType.Overdue], Do(new AlertCommand.Expire()));
        Do(new AlertCommand.Assign(Some.Request(_watch), "抢险三队"));
        Assert.Equal((null, null), (_watch.Open!.DueAt, _watch.Open.OverdueAt));
    }

    [Fact]
    public void Acknowledging_what_has_cleared_closes_it()
    {
        Do(Some.Observed(Severity.Orange, 1));
        Do(Some.Observed(null, 2));
        Assert.Equal([AlertEventType.Acknowledged, AlertEventType.Closed], Do(new AlertCommand.Acknowledge(Some.Request(_watch))));
        Assert.Null(_watch.Open);
    }

    [Fact]
    public void A_condition_that_comes_back_before_closing_goes_on_as_the_same_alert()
    {
        Do(Some.Observed(Severity.Orange, 1));
        var id = _last!.Id;
        Do(Some.Observed(null, 2));
        Assert.Equal([AlertEventType.Returned], Do(Some.Observed(Severity.Blue, 3)));
        Assert.Equal(id, _last.Id);
        Assert.Null(_last.ClearedAt);
        Assert.Equal(Severity.Blue, _last.Severity);
    }

    [Fact]
    public void Closing_while_the_condition_holds_needs_a_comment_and_only_an_upward_change_raises_again()
    {
        Do(Some.Observed(Severity.Orange, 1));
        Assert.Equal(AlertRefusal.CommentRequired, Refusal(new AlertCommand.Close(Some.Request(_watch, comment: " "))));
        var first = _last!.Id;
        Do(new AlertCommand.Close(Some.Request(_watch, comment: "现场核实，施工排水")));
        Assert.Equal("现场核实，施工排水", _last.Comment);
        Assert.Empty(Do(Some.Observed(Severity.Yellow, 2)));
        Assert.Equal([AlertEventType.Raised], Do(Some.Observed(Severity.Orange, 3)));
        Assert.NotEqual(first, _last.Id);
    }

    [Fact]
    public void After_the_condition_ended_any_severity_raises_a_new_alert()
    {
        Do(Some.Observed(Severity.Red, 1));
        Do(new AlertCommand.Close(Some.Request(_watch, comment: "误报")));
        Do(Some.Observed(null, 2));
        Assert.Equal([AlertEventType.Raised], Do(Some.Observed(Severity.Blue, 3)));
    }

    [Fact]
    public void What_an_officer_says_with_the_verdict_that_stands_is_kept_unless_it_is_about_what_has_changed()
    {
        Do(Some.Observed(Severity.Red, 1));
        Do(new AlertCommand.Mark(Some.Request(_watch, "甲", "探头被遮"), AlertVerdict.False));
        var review = Some.Request(_watch, "乙", "复核：确认误报");
        Assert.Equal([AlertEventType.Commented], Do(new AlertCommand.Mark(review, AlertVerdict.False)));
        Assert.Equal((AlertVerdict.False, "甲", "复核：确认误报"), (_last!.Verdict!.Value, _last.MarkedBy, _last.Comment));
        Assert.Empty(Do(new AlertCommand.Mark(review, AlertVerdict.False)));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch, "甲")));
        Do(new AlertCommand.Assign(Some.Request(_watch, "甲"), "清淤队"));
        Assert.Equal(AlertRefusal.VersionConflict, Refusal(new AlertCommand.Mark(Some.Request(_watch, "乙", "再说", version: 1), AlertVerdict.False)));
        Assert.Equal(AlertRefusal.VersionConflict, Refusal(new AlertCommand.Acknowledge(Some.Request(_watch, "甲", "再说", version: 1))));
    }

    [Fact]
    public void Two_officers_do_not_overwrite_each_other()
    {
        Do(Some.Observed(Severity.Red, 1));
        var seen = Some.Request(_watch, "甲", version: 1);
        Do(new AlertCommand.Assign(Some.Request(_watch, "乙"), "黄贝街道办"));
        Assert.Equal(AlertRefusal.VersionConflict, Refusal(new AlertCommand.Acknowledge(seen)));
        Do(new AlertCommand.Acknowledge(seen with { Version = 2 }));
        Assert.Empty(Do(new AlertCommand.Acknowledge(seen)));
        Assert.Equal(AlertRefusal.AcknowledgedByAnother, Refusal(new AlertCommand.Acknowledge(Some.Request(_watch, "乙"))));
        Assert.Equal("黄贝街道办", _watch.Open!.AssignedTo);
    }

    [Fact]
    public void What_an_officer_says_when_acknowledging_again_is_kept_and_a_request_that_comes_twice_is_one()
    {
        Do(Some.Observed(Severity.Red, 1));
        Do(new AlertCommand.Acknowledge(Some.Request(_watch, "甲", "已通知")));
        Assert.Empty(Do(new AlertCommand.Acknowledge(Some.Request(_watch, "甲", "已通知"))));
        Assert.Equal([AlertEventType.Commented], Do(new AlertCommand.Acknowledge(Some.Request(_watch, "甲", "泵车在路上"))));
        Assert.Equal((AlertState.Acknowledged, "泵车在路上"), (_watch.Open!.State, _watch.Open.Comment));
    }

    [Fact]
    public void A_closed_alert_takes_nothing()
    {
        Do(Some.Observed(Severity.Blue, 1));
        var request = Some.Request(_watch, comment: "x");
        Do(Some.Observed(null, 2));
        Assert.Equal(AlertRefusal.NotOpen, Refusal(new AlertCommand.Note(request)));
        Assert.Equal(AlertRefusal.NotOpen, Refusal(new AlertCommand.Close(request)));
    }

    [Fact]
    public void A_clear_that_is_older_than_its_raise_counts_when_it_was_never_seen()
    {
        // Silence is noticed at 1800 s by the server's clock; then the gateway comes back with what it had kept.
        Do(Some.Observed(Severity.Yellow, 1800));
        Assert.Equal([AlertEventType.Cleared, AlertEventType.Closed], Do(Some.Observed(null, 60)));
    }

    [Fact]
    public void The_same_raise_gives_the_same_id_and_another_one_does_not()
    {
        var change = Some.Change(Severity.Blue, 1);
        Assert.Equal(Alert.IdOf("a", change), Alert.IdOf("a", change with { Value = 9 }));
        string[] ids =
        [
            Alert.IdOf("a", change), Alert.IdOf("b", change), Alert.IdOf("a", change with { Rule = "other" }),
            Alert.IdOf("a", Some.Change(Severity.Red, 1)), Alert.IdOf("a", Some.Change(Severity.Blue, 2)),
        ];
        Assert.Distinct(ids);
    }

    private IEnumerable<AlertEventType> Do(AlertCommand command)
    {
        var before = _watch.Open;
        var (watch, events, refusal) = AlertLifecycle.Step(_watch, command, _now, Day);
        Assert.Equal(AlertRefusal.None, refusal);
        _watch = watch;
        if (events.Count > 0) _last = events.Aggregate(before, (alert, happened) => happened.Apply(alert));
        return events.Select(happened => happened.Type);
    }

    private AlertRefusal Refusal(AlertCommand command)
    {
        var (watch, events, refusal) = AlertLifecycle.Step(_watch, command, _now, Day);
        Assert.Same(_watch, watch);
        Assert.Empty(events);
        return refusal;
    }
}
