using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertRecoveryTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly DateTimeOffset Back = Some.Now.AddHours(1);

    [Fact]
    public void What_is_over_stands_in_the_record_with_its_own_times_once()
    {
        var saves = Recover(new RuleWatch(Some.Rule), Noted(Severity.Yellow, 1), Noted(null, 60));
        var alert = Assert.Single(saves).Alert!;
        Assert.Equal((AlertState.Closed, Some.Now.AddSeconds(2), Some.Now.AddSeconds(61)), (alert.State, alert.RaisedAt, alert.ClearedAt));
        Assert.Null(saves[0].Watch.Open);
        Assert.Empty(Recover(saves[0].Watch, Noted(Severity.Yellow, 1), Noted(null, 60)));
    }

    [Theory]
    [InlineData(Severity.Yellow, AlertState.Closed)]
    [InlineData(Severity.Red, AlertState.Raised)]
    public void What_has_no_end_holds_no_more_and_the_record_says_that_nobody_saw_it_end(Severity severity, AlertState state)
    {
        var save = Assert.Single(Recover(new RuleWatch(Some.Rule), Noted(severity, 1)));
        Assert.Equal((state, Back), (save.Alert!.State, save.Alert.ClearedAt));
        Assert.Contains("lost", save.Events.Single(e => e.Type == AlertEventType.Cleared).Evidence, StringComparison.Ordinal);
        Assert.Null(save.Watch.Condition);
    }

    [Fact]
    public void Beside_an_open_alert_it_is_closed_and_the_open_one_is_left_alone()
    {
        var (watch, _, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Orange, 90), Some.Now.AddSeconds(91), Day);
        var save = Assert.Single(Recover(watch, Noted(Severity.Red, 1), Noted(null, 60)));
        Assert.Equal(AlertState.Closed, save.Alert!.State);
        Assert.Contains(watch.Open!.Id, save.Events[^1].Evidence, StringComparison.Ordinal);
        Assert.Equal((watch.Open, watch.Condition), (save.Watch.Open, save.Watch.Condition));
        Assert.Empty(Recover(save.Watch, Noted(Severity.Red, 1), Noted(null, 60)));
    }

    [Fact]
    public void A_sensor_that_has_told_much_since_keeps_what_it_was_never_told()
    {
        var watch = new RuleWatch(Some.Rule);
        for (var i = 0; i < 2 * ChangeMemory.KeysMax; i++)
            watch = AlertLifecycle.Step(watch, Some.Observed(i % 2 == 0 ? Severity.Yellow : null, 100 + i), Some.Now.AddSeconds(100 + i), Day).Watch;
        var alert = Assert.Single(Recover(watch, Noted(Severity.Red, 1), Noted(null, 60))).Alert!;
        Assert.Equal((Severity.Red, Some.Now.AddSeconds(2)), (alert.Severity, alert.RaisedAt));
    }

    /// <summary>Where no other host has gone on with the sensor, the journal has brought it again, and it may hold still.</summary>
    [Fact]
    public void What_was_judged_again_is_left_alone()
    {
        var (watch, _, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Orange, 1), Back, Day);
        Assert.Empty(Recover(watch, Noted(Severity.Orange, 1)));
    }

    private static IReadOnlyList<AlertSave> Recover(RuleWatch watch, params NotedChange[] noted) => AlertRecovery.Of("wl-001", watch, Some.Subject(), noted, Back, Day);

    private static NotedChange Noted(Severity? severity, int second) => new(Some.Change(severity, second), Some.Now.AddSeconds(second + 1));
}
