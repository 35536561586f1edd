using LuohuIOC.Alerts;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class NowcastEvidenceTests
{
    private static readonly ModelInUse Model = new(NowcastPrior.Of(LuohuIOC.DeviceProtocol.SensorKind.Waterlogging)!.Model, IsOwn: false, 0, false, []);

    private static StationNowcast Nowcast(double now, params NowcastValue[] values) => new(1_000_000_000_000, now, values, NowcastSilence.None, 0.15, 12.5, 30, Model);

    [Fact]
    public void An_officer_reads_what_comes_when_and_why()
    {
        NowcastValue[] values = [new(15, 0.09, 0.05, 0.2), new(30, 0.22, 0.1, 0.35), new(60, 0.3, 0, 0.6)];
        var evidence = NowcastEvidence.Of(Nowcast(0.03, values), values[1], 60_000, new Dictionary<string, double> { ["pipe-001"] = 1.234 });
        // From 0.09 at 15 to 0.22 at 30 minutes: 0.15 at 15 + 15 × 6 / 13 = 21.9.
        Assert.Equal(
            "预计 30 分钟后积水 22 cm（10–35 cm），超过 15 cm；约 22 分钟后达到。近 15 分钟周边雨量 12.5 mm，近 1 小时 30 mm。依据：仿真暴雨模型。",
            EvidenceWords.Of(TextBook.Chinese, "waterlogging", "depth", 0.22, 0.15, evidence));
        Assert.Contains("22 cm deep (10 to 35 cm) in 30 minutes", EvidenceWords.Of(TextBook.English, "waterlogging", "depth", 0.22, 0.15, evidence));
        Assert.Contains("\"pipe-001\":1.23", evidence);
        Assert.Equal("水情已达到限值，此后以实测预警为准。", EvidenceWords.Of(TextBook.Chinese, "waterlogging", "depth", 0.16, 0.15, NowcastEvidence.Ended(NowcastTurn.TakenOver)));
    }

    [Fact]
    public void A_crossing_is_expected_possible_or_neither()
    {
        Assert.Equal((NowcastReach.Expected, 7.5), Of(0.05, new(15, 0.25, 0.1, 0.4), new(30, 0.1, 0, 0.2)));
        Assert.Equal((NowcastReach.Possible, double.NaN), Of(0.05, new NowcastValue(15, 0.1, 0.05, 0.2)));
        Assert.Equal((NowcastReach.None, double.NaN), Of(0.05, new NowcastValue(15, 0.06, 0.05, 0.1)));
        // An hour ahead the upper end says nothing of this storm.
        Assert.Equal((NowcastReach.None, double.NaN), Of(0.05, new NowcastValue(60, 0.1, 0.05, 0.2)));
        Assert.Equal((NowcastReach.None, double.NaN), Of(0.2, new NowcastValue(15, 0.3, 0.2, 0.4)));
        Assert.Equal((NowcastReach.None, double.NaN), Of(double.NaN));
    }

    [Fact]
    public void Every_word_stands_in_both_languages()
    {
        string[] keys =
        [
            .. new[] { "forecast", "off", "waiting", "station-silent", "rain-silent", "rain-seldom", "no-model" }.Select(s => $"nowcast.state.{s}"),
            .. new[] { "untried", "too-few-events", "failed", "not-better", "in-use" }.Select(s => $"nowcast.training.{s}"),
            "nowcast.text.depth", "nowcast.text.level", "rule.nowcast-depth", "rule.nowcast-level",
            .. new[] { "learning", "well", "suspected", "drift", "bias", "deaf", "battery", "battery-alone" }.Select(s => $"health.{s}"),
        ];
        foreach (var language in new[] { TextBook.Chinese, TextBook.English }) Assert.Empty(keys.Except(TextBook.Keys(language)));
    }

    private static (NowcastReach, double) Of(double now, params NowcastValue[] values) => (Nowcast(now, values).Reach, Math.Round(Nowcast(now, values).CrossingMinutes, 3));
}
