using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Texts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

public sealed class SensorDetectorsTests : IDisposable
{
    private static readonly Serializer<DetectorState> Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<DetectorState>>();

    private readonly DetectorDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void Each_chosen_metric_has_one_and_others_none()
    {
        Assert.Equal(["novelty-level", "novelty-flow"], _desk.Detectors.RulesOf(SensorKind.Outfall));
        foreach (var kind in new[] { SensorKind.River, SensorKind.Reservoir, SensorKind.Tide })
            Assert.Equal(["novelty-level"], _desk.Detectors.RulesOf(kind));
        Assert.Equal(["pipe-anomaly"], _desk.Detectors.RulesOf(SensorKind.Pipe));
        Assert.Equal(["water-quality-anomaly"], _desk.Detectors.RulesOf(SensorKind.WaterQuality));
        Assert.Null(_desk.Detectors.For(Some.Station(SensorKind.Parking)));
    }

    [Fact]
    public void Before_it_is_warm_it_never_guesses_and_says_how_much_it_lacks()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        var first = View();
        Assert.Equal("warming-up", first.State);
        for (var i = 0; i < 20; i++) _desk.Level(detector, i % 2 == 0 ? 0 : 90);
        Assert.Empty(_desk.Changes);
        var later = View();
        Assert.Equal(first.WarmUpLeft - 20, later.WarmUpLeft);
        Assert.Contains($"{later.WarmUpLeft}", later.StateText);
        Assert.Null(later.Last);
        _desk.Levels(detector, 300);
        Assert.Equal(("watching", 0), (View().State, View().WarmUpLeft));
    }

    [Fact]
    public void A_bad_value_hides_no_other_metric_and_is_not_shown_itself()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        // Level in slot 0, and a battery's bad value beside it all the time.
        for (var i = 0; i < 600; i++) detector.Observe(_desk.NowMs += 300_000, [0, 1], [_desk.Level(), 101], 1 << 1, _desk.Changes);
        Assert.Equal("watching", View().State);
        detector.Observe(_desk.NowMs += 300_000, [0, 1], [90, 101], 1 << 0, _desk.Changes);
        detector.Observe(_desk.NowMs += 300_000, [0, 1], [90, 101], ulong.MaxValue, _desk.Changes);
        Assert.Empty(_desk.Changes);
        for (var i = 0; i < 4; i++) detector.Observe(_desk.NowMs += 300_000, [0, 1], [4.5 + (i * 0.3), 101], 1 << 1, _desk.Changes);
        Assert.Equal("novelty-level", _desk.Changes[0].Rule);
    }

    [Fact]
    public void A_strange_level_is_one_alert_with_what_was_expected_and_what_came()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        _desk.Levels(detector, 600);
        Assert.Empty(_desk.Changes);
        for (var i = 0; i < 4; i++) _desk.Level(detector, 4.5 + (i * 0.3));
        Assert.All(_desk.Changes, c => Assert.InRange(c.Severity!.Value, Severity.Blue, Severity.Yellow));
        var change = _desk.Changes[0];
        Assert.Equal(("novelty-level", "level"), (change.Rule, change.Metric));
        using var evidence = JsonDocument.Parse(change.Evidence!);
        Assert.InRange(evidence.RootElement.GetProperty("expected").GetProperty("level").GetDouble(), 1.45, 1.6);
        Assert.True(evidence.RootElement.GetProperty("score").GetDouble() >= _desk.Thresholds.Of(DetectorDesk.River(), "novelty-level").Value);
        _desk.Levels(detector, 30);
        Assert.Null(_desk.Changes[^1].Severity);
        Assert.Single(_desk.Changes, c => c.Severity is null);
    }

    [Fact]
    public void A_metric_that_came_too_rarely_or_stands_still_is_said_not_to_be_watched()
    {
        var station = Some.Station(SensorKind.WaterQuality, "wq-9");
        var detector = _desk.Detectors.For(station)!;
        _desk.Rows(detector, 399);
        Assert.Empty(Assert.Single(_desk.Views.Of(station, TextBook.English)).Unwatched);
        _desk.Rows(detector, 21);
        var view = Assert.Single(_desk.Views.Of(station, TextBook.English));
        Assert.Equal(view.Metrics.Except(["ph", "ammonia_nitrogen"]).Select(m => (m, "unknown")), view.Unwatched.Select(u => (u.Metric, u.Reason)));
        Assert.Equal("Turbidity came too rarely or never changed while the detector warmed up; it is watched once enough of its readings have come.", view.Unwatched.Single(u => u.Metric == "turbidity").Text);
        // The pH stands still.
        for (var i = 0; i < 60; i++) detector.Observe(_desk.NowMs += 900_000, [1, 4], [7.5, 1 + (i % 7 * 0.01)], _desk.Changes);
        Assert.Equal("dead", Assert.Single(_desk.Views.Of(station, TextBook.Chinese)).Unwatched.Single(u => u.Metric == "ph").Reason);
    }

    [Fact]
    public void A_restart_changes_nothing()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        _desk.Levels(detector, 600);
        var atRestart = _desk.NowMs;
        detector.Keep();
        var stored = Serializer.SerializeToArray(detector.State);
        detector.Drop();
        Assert.InRange(stored.Length, 5_000, 24_000);
        var whole = After(detector, atRestart);
        _desk.Open();
        var again = _desk.Detectors.For(DetectorDesk.River(), Serializer.Deserialize(stored))!;
        Assert.Equal("watching", View().State);
        Assert.Equal(whole, After(again, atRestart));
        Assert.NotEmpty(whole);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_read_ends_its_alert_and_begins_anew()
    {
        var state = new DetectorState { Streams = [new StreamState { Rule = "novelty-level", Snapshot = [99, 1], Severity = Severity.Blue, SinceMs = 1 }] };
        var detector = _desk.Detectors.For(DetectorDesk.River(), state)!;
        Assert.Equal("warming-up", View().State);
        _desk.Levels(detector, 2);
        Assert.Equal(("novelty-level", null), (Assert.Single(_desk.Changes).Rule, _desk.Changes[0].Severity));
    }

    [Fact]
    public void Switched_off_it_ends_its_alert_and_is_gone()
    {
        _desk.Options = new DetectionOptions { Off = ["river"] };
        _desk.Open();
        Assert.Null(_desk.Detectors.For(DetectorDesk.River()));
        var open = new DetectorState { Streams = [new StreamState { Rule = "novelty-level", Severity = Severity.Blue, SinceMs = 1 }] };
        _desk.Levels(_desk.Detectors.For(DetectorDesk.River(), open)!, 3);
        Assert.Null(Assert.Single(_desk.Changes).Severity);
        Assert.Contains("detector-off", _desk.Changes[0].Evidence);
        Assert.Throws<InvalidOperationException>(() => new DetectionOptions { Off = ["boats"] }.Checked());
    }

    [Fact]
    public void A_stations_chart_raises_with_each_metrics_share_while_the_model_stays_silent()
    {
        _desk.Stations.Of("wq-1").Active = new ActiveModel<PcaModel>(1, Some.Model(threshold: 0.001), Pinned: false);
        var detector = _desk.Detectors.For(Some.Station())!;
        _desk.Rows(detector, 500);
        Assert.Empty(_desk.Changes);
        Assert.NotNull(_desk.Stations.Of("wq-1").LastOf(1));
        _desk.Rows(detector, 40, ammonia: 3);
        var change = _desk.Changes[0];
        Assert.Equal(("water-quality-anomaly", "ammonia_nitrogen"), (change.Rule, change.Metric));
        using var evidence = JsonDocument.Parse(change.Evidence!);
        Assert.InRange(evidence.RootElement.GetProperty("contributions").GetProperty("ammonia_nitrogen").GetDouble(), 0.8, 1);
        Assert.InRange(evidence.RootElement.GetProperty("expected").GetProperty("ammonia_nitrogen").GetDouble(), 0.9, 2);
        Assert.NotEqual(0, _desk.Stations.Of("wq-1").OpenSinceMs);
    }

    [Fact]
    public void Configured_so_the_model_raises_and_the_chart_stays_silent()
    {
        _desk.Options = new DetectionOptions { Station = StationAlarm.Pca };
        _desk.Open();
        _desk.Stations.Of("wq-1").Active = new ActiveModel<PcaModel>(1, Some.Model(threshold: 2), Pinned: false);
        _desk.Rows(_desk.Detectors.For(Some.Station())!, 5, ammonia: 3);
        Assert.Contains("modelVersion", Assert.Single(_desk.Changes).Evidence);
        Assert.False(Assert.Single(_desk.Views.Of(Some.Station(), TextBook.English)).Raises);
    }

    [Fact]
    public void An_alert_that_the_model_raised_before_the_chart_took_over_is_ended()
    {
        var detector = _desk.Detectors.For(Some.Station(), new DetectorState { Severity = Severity.Blue, SinceMs = 1, ModelVersion = 3 })!;
        _desk.Rows(detector, 2);
        Assert.Null(Assert.Single(_desk.Changes).Severity);
        Assert.Null(detector.State.Severity);
    }

    [Fact]
    public void An_alert_that_the_chart_raised_before_the_model_took_over_is_ended()
    {
        var chart = _desk.Detectors.For(Some.Station())!;
        _desk.Rows(chart, 500);
        _desk.Rows(chart, 20, ammonia: 3);
        chart.Keep();
        Assert.NotNull(Assert.Single(chart.State.Streams).Severity);
        _desk.Changes.Clear();
        _desk.Options = new DetectionOptions { Station = StationAlarm.Pca };
        _desk.Open();
        var model = _desk.Detectors.For(Some.Station(), chart.State)!;
        _desk.Rows(model, 2);
        var change = Assert.Single(_desk.Changes);
        Assert.Equal(("water-quality-anomaly", null), (change.Rule, change.Severity));
        Assert.Contains("detector-off", change.Evidence);
        Assert.Equal((null, 0L), (model.State.Streams[0].Severity, model.State.Streams[0].SinceMs));
    }

    [Fact]
    public void An_alert_that_a_lost_state_has_left_open_is_ended_by_the_detector_that_begins_anew()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        detector.EndIfOwn("novelty-level");
        detector.EndIfOwn("waterlogging-depth");
        _desk.Levels(detector, 2);
        var change = Assert.Single(_desk.Changes);
        Assert.Equal(("novelty-level", null), (change.Rule, change.Severity));
    }

    [Theory]
    [InlineData(StationAlarm.Chart)]
    [InlineData(StationAlarm.Pca)]
    public void What_the_one_that_raises_now_holds_open_is_not_ended_with_the_others(StationAlarm raises)
    {
        _desk.Options = new DetectionOptions { Station = raises };
        _desk.Open();
        _desk.Stations.Of("wq-1").Active = new ActiveModel<PcaModel>(3, Some.Model(threshold: 2), Pinned: false);
        var open = new StreamState { Rule = "water-quality-anomaly", Severity = Severity.Blue, SinceMs = 1 };
        var detector = _desk.Detectors.For(Some.Station(), new DetectorState { Severity = Severity.Blue, SinceMs = 1, ModelVersion = 3, Streams = [open] })!;
        _desk.Rows(detector, 1, ammonia: 3);
        Assert.Empty(_desk.Changes);
        Assert.Equal(raises == StationAlarm.Chart, detector.State.Severity is null);
        Assert.Equal(raises == StationAlarm.Pca, open.Severity is null);
    }

    [Theory]
    [InlineData(SensorKind.River)]
    [InlineData(SensorKind.WaterQuality)]
    public void Ordinary_readings_allocate_nothing(SensorKind kind)
    {
        var detector = _desk.Detectors.For(Some.Station(kind))!;
        byte[] slots = [0, 1];
        double[] values = [1.5, 7];
        // What changes allocates its evidence; this is about what changes nothing.
        _desk.Thresholds.Of(Some.Station(kind), _desk.Detectors.RulesOf(kind)[0]).Factor = 1000;
        Show(600);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Show(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Show(int readings)
        {
            for (var i = 0; i < readings; i++)
            {
                values[0] = 1.5 + (i % 7 * 0.01);
                detector.Observe(_desk.NowMs += 60_000, slots, values, _desk.Changes);
            }
        }
    }

    [Fact]
    public void The_store_of_a_version_without_streams_can_be_read()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River(), new DetectorState { Streams = null! })!;
        Assert.Equal("novelty-level", Assert.Single(detector.State.Streams).Rule);
    }

    private StreamView View() => Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.Chinese));

    private List<string> After(SensorDetector detector, long fromMs)
    {
        _desk.NowMs = fromMs;
        _desk.Changes.Clear();
        var random = new Random(9);
        for (var i = 0; i < 60; i++) _desk.Level(detector, i is > 10 and < 15 ? 5 + i : 1.5 + (random.NextDouble() * 0.02));
        return [.. _desk.Changes.Select(c => $"{c}")];
    }
}
