using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

public sealed class ThresholdsTests : IDisposable
{
    private readonly DetectorDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void A_false_alarm_raises_it_a_true_one_lowers_it_and_the_history_says_who()
    {
        Mark("a", AlertVerdict.False, "甲");
        Mark("b", AlertVerdict.True, "乙");
        var view = Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.English)).Threshold;
        Assert.Equal(1.15 * 0.95, view.Factor, 6);
        Assert.Equal(view.Standard * view.Factor, view.Value, 9);
        Assert.Equal([("a", "false", "甲", 1, 1.15), ("b", "true", "乙", 1.15, 1.0925)], view.Moves.Select(m => (m.AlertId, m.Verdict, m.By, m.From, m.To)));
    }

    [Fact]
    public void The_same_mark_again_counts_once_and_one_taken_back_leaves_no_trace()
    {
        for (var i = 0; i < 3; i++) Mark("a", AlertVerdict.False);
        Assert.Single(_desk.Thresholds.History("rv-1", "novelty-level"));
        Mark("a", AlertVerdict.True);
        Assert.Equal(0.95, Factor, 6);
    }

    [Fact]
    public void However_often_it_is_marked_it_stays_within_its_bounds()
    {
        for (var i = 0; i < 30; i++) Mark($"f{i}", AlertVerdict.False);
        Assert.Equal(Threshold.FactorMax, Factor);
        for (var i = 0; i < 90; i++) Mark($"t{i}", AlertVerdict.True);
        Assert.Equal(Threshold.FactorMin, Factor);
    }

    [Fact]
    public void It_survives_a_restart_and_is_one_sensors_alone()
    {
        Mark("a", AlertVerdict.False);
        _desk.Open();
        Assert.Equal(1.15, Factor, 6);
        Assert.Equal(1, _desk.Thresholds.Of(Some.Station(LuohuIOC.DeviceProtocol.SensorKind.River, "rv-2"), "novelty-level").Factor);
    }

    [Fact]
    public void Marks_of_threshold_rules_move_nothing()
    {
        Mark("a", AlertVerdict.False, rule: "river-rise");
        Assert.Empty(_desk.Thresholds.History("rv-1", "river-rise"));
    }

    [Fact]
    public void A_raised_threshold_holds_back_what_was_an_alert()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        _desk.Levels(detector, 600);
        _desk.Thresholds.Of(DetectorDesk.River(), "novelty-level").Factor = 100;
        for (var i = 0; i < 4; i++) _desk.Level(detector, 4.5 + (i * 0.3));
        Assert.Empty(_desk.Changes);
    }

    private double Factor => _desk.Thresholds.Of(DetectorDesk.River(), "novelty-level").Factor;

    private void Mark(string alert, AlertVerdict verdict, string actor = "甲", string rule = "novelty-level") => _desk.Thresholds.Marked(
        new AlertView
        {
            Id = alert,
            SensorId = "rv-1",
            SensorName = "",
            Kind = "river",
            Street = "",
            Rule = rule,
            RuleName = "",
            Severity = "blue",
            Worst = "blue",
            State = "closed",
            Metric = "level",
            Unit = "m",
            ObservedAt = DateTimeOffset.UnixEpoch,
            RaisedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            Version = 3,
            MarkedBy = actor,
            MarkedAt = DateTimeOffset.UnixEpoch,
        },
        verdict);
}
