using LuohuIOC.Alerts;
using LuohuIOC.Detection.Health;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Tests.Sensing.Detectors;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Health;

public sealed class HealthMarksTests
{
    private static readonly FaultNotice Drift = new(SensorFault.Drift, 0, 1_735_660_800_000, 2.5, 1.2, 13, 0.3, ["rv-2", "rv-3"]);

    private readonly SensorState _state = new() { LatestMs = 1_735_660_900_000 };
    private readonly List<RuleChange> _changes = [];

    [Fact]
    public void A_fault_flags_readings_with_its_reason_and_is_one_alert_until_it_ends()
    {
        Assert.Equal(default, Apply(null));
        Assert.Null(_state.Health);
        for (var i = 0; i < 3; i++)
            Assert.Equal(new QualityMark(QualityGrade.Doubtful, QualityReason.Drift, 1), Apply(new HealthNotice(Drift, null)));
        Assert.Equal(QualityReason.Drift, _state.LatestReason);
        var raised = Assert.Single(_changes);
        Assert.Equal(("sensor-fault", Severity.Blue, "level", 2.5), (raised.Rule, raised.Severity!.Value, raised.Metric, raised.Value));
        Assert.Equal(default, Apply(null));
        Assert.Null(_changes[^1].Severity);
        Assert.Null(_state.Health);
    }

    [Fact]
    public void A_worse_mark_stays_and_other_metrics_are_not_blamed()
    {
        var bad = new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 1);
        Assert.Equal(bad, HealthMarks.Apply(new HealthNotice(Drift, null), _state, Some.Station(SensorKind.River), bad, [0], _changes));
        Assert.Equal(default, HealthMarks.Apply(new HealthNotice(Drift, null), _state, Some.Station(SensorKind.River), default, [1], _changes));
    }

    [Fact]
    public void A_battery_alert_begins_and_ends_by_itself()
    {
        Apply(new HealthNotice(null, new BatteryNotice(31, -2, 10.5)));
        Apply(new HealthNotice(Drift, new BatteryNotice(31, -2, 10.5)));
        Apply(new HealthNotice(Drift, null));
        Assert.Equal(["battery-trend Blue", "sensor-fault Blue", "battery-trend "], _changes.Select(c => $"{c.Rule} {c.Severity}"));
    }

    [Theory]
    [InlineData(TextBook.Chinese)]
    [InlineData(TextBook.English)]
    public void The_evidence_reads_as_a_sentence(string language)
    {
        Apply(new HealthNotice(Drift, new BatteryNotice(31, -2, 10.5)));
        var fault = EvidenceWords.Of(language, "river", "level", 2.5, null, _changes[0].Evidence)!;
        Assert.Contains("2.5", fault);
        Assert.Contains("1.2", fault);
        Assert.Contains("10.5", EvidenceWords.Of(language, "river", "battery", 31, null, _changes[1].Evidence)!);
        foreach (var rule in new[] { HealthMarks.FaultRule, HealthMarks.BatteryRule }) Assert.NotEqual(rule, AlertWords.Rule(language, rule));
    }

    private QualityMark Apply(HealthNotice? notice) => HealthMarks.Apply(notice, _state, Some.Station(SensorKind.River), default, [0], _changes);
}
