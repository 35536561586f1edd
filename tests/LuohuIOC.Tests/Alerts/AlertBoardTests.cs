using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertBoardTests
{
    /// <summary>Closed is for ever, but an officer may still mark it.</summary>
    [Fact]
    public void Of_a_closed_alert_only_a_newer_closed_version_is_heard_from_another_host()
    {
        var (_, events, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Red, 1), Some.Now, TimeSpan.FromHours(24));
        var open = AlertView.Of(events[0].Apply(null));
        var closed = open with { State = "closed", Version = 2 };
        var board = new AlertBoard();
        var heard = new List<AlertView>();
        board.Changed += heard.Add;
        board.Publish(closed);

        board.Learn(open);
        board.Learn(open with { Version = 4 });
        board.Learn(closed);
        var marked = closed with { Version = 3, Verdict = "true" };
        board.Learn(marked);
        board.Learn(marked);

        Assert.Equal([closed, marked], heard);
        Assert.Empty(board.Open);
    }

    [Fact]
    public void What_stands_of_a_sensor_is_open_and_holds()
    {
        var (_, events, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), Some.Observed(Severity.Orange, 1), Some.Now, TimeSpan.FromHours(24));
        var alert = AlertView.Of(events[0].Apply(null));
        var board = new AlertBoard();
        board.Load([alert, alert with { Id = "over", ClearedAt = Some.Now }, alert with { Id = "another", SensorId = "wl-002" }, alert with { Id = "gone", State = "closed" }]);

        Assert.Equal([new StandingAlert(Some.Rule, Severity.Orange, Some.Now.AddSeconds(1), alert.Value)], board.StandingOf("wl-001"));
        Assert.Empty(board.StandingOf("wl-003"));
    }
}
