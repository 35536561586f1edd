using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Detectors;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

/// <summary>
/// With <see cref="Some.Model"/> the score of (7.5, a) is the soft distance of ammonia a from 1 in spreads of 0.5, divided by √2:
/// 2.5 mg/L scores 1.87, 3 scores 2.34, 6 scores 4.13.
/// </summary>
public sealed class StationDetectorTests : IDisposable
{
    private readonly string _folder;
    private readonly StationDetectors _detectors;
    private readonly List<RuleChange> _changes = [];
    private long _nowMs = 1_735_660_800_000;

    public StationDetectorTests() => _detectors = new StationDetectors(Some.Store(out _folder));

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Only_kinds_with_metrics_that_move_together_have_one()
    {
        var with = Enum.GetValues<SensorKind>().Where(k => _detectors.For(Some.Station(k)) is not null);
        Assert.Equal([SensorKind.Pipe, SensorKind.WaterQuality], with);
        Assert.Equal("pipe-anomaly", StationDetectors.RuleOf(SensorKind.Pipe));
        Assert.Equal([0, 1], StationDetectors.SlotsOf(SensorKind.Pipe));
    }

    [Fact]
    public void Without_a_model_it_never_guesses()
    {
        var detector = _detectors.For(Some.Station())!;
        for (var i = 0; i < 100; i++) Observe(detector, 1000 * i);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Rises_to_yellow_falls_to_blue_and_ends_with_the_evidence_an_officer_needs()
    {
        Activate(1, threshold: 2);
        var detector = _detectors.For(Some.Station())!;
        foreach (var ammonia in new[] { 1.0, 3, 2.5, 6, 3, 2.5, 1 }) Observe(detector, ammonia);

        Assert.Equal([Severity.Blue, Severity.Yellow, Severity.Blue, null], _changes.Select(c => c.Severity));
        Assert.All(_changes, c => Assert.Equal("water-quality-anomaly", c.Rule));
        var first = _changes[0];
        Assert.Equal(("ammonia_nitrogen", 3.0), (first.Metric, first.Value));
        using var evidence = JsonDocument.Parse(first.Evidence!);
        var root = evidence.RootElement;
        Assert.Equal(2.331, root.GetProperty("score").GetDouble(), 0.01);
        Assert.Equal(2, root.GetProperty("threshold").GetDouble());
        Assert.Equal(1, root.GetProperty("modelVersion").GetInt32());
        Assert.Equal(1, root.GetProperty("contributions").GetProperty("ammonia_nitrogen").GetDouble());
        Assert.Equal(1, root.GetProperty("expected").GetProperty("ammonia_nitrogen").GetDouble());
    }

    [Fact]
    public void The_evidence_names_the_threshold_that_marks_have_moved()
    {
        Activate(1, threshold: 2);
        var detector = _detectors.For(Some.Station(), threshold: new Threshold { Factor = 1.15 })!;
        Observe(detector, 3);
        using var evidence = JsonDocument.Parse(Assert.Single(_changes).Evidence!);
        Assert.Equal(2.3, evidence.RootElement.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public void One_spike_is_held_back()
    {
        Activate(1, threshold: 2, hold: 3);
        var detector = _detectors.For(Some.Station())!;
        foreach (var ammonia in new[] { 1.0, 1, 1, 6, 1, 1, 6, 6, 1 }) Observe(detector, ammonia);
        Assert.Empty(_changes);
        foreach (var _ in Enumerable.Range(0, 3)) Observe(detector, 6);
        Assert.Single(_changes);
    }

    [Fact]
    public void An_alert_that_was_open_before_a_restart_is_ended_by_the_readings_after_it()
    {
        Activate(1, threshold: 2);
        var before = _detectors.For(Some.Station())!;
        Observe(before, 3);
        var after = _detectors.For(Some.Station(), before.State)!;
        Observe(after, 3);
        Assert.Single(_changes);
        Observe(after, 1);
        Assert.Null(_changes[^1].Severity);
        Assert.Equal(0, _detectors.Of("wq-1").OpenSinceMs);
    }

    [Fact]
    public void A_new_version_scores_the_next_reading_without_warming_up_anew()
    {
        Activate(1, threshold: 100, hold: 3);
        var detector = _detectors.For(Some.Station())!;
        for (var i = 0; i < 5; i++) Observe(detector, 3);
        Activate(2, threshold: 2, hold: 3);
        Observe(detector, 3);
        Assert.Equal(2, detector.State.ModelVersion);
        Assert.Equal(Severity.Blue, Assert.Single(_changes).Severity);
    }

    [Fact]
    public void An_alert_ends_when_its_model_is_gone()
    {
        Activate(1, threshold: 2);
        var detector = _detectors.For(Some.Station())!;
        Observe(detector, 3);
        _detectors.Of("wq-1").Active = null;
        Observe(detector, 3);
        Assert.Equal("""{"reason":"no-model"}""", _changes[^1].Evidence);
        Assert.Null(_changes[^1].Severity);
    }

    [Fact]
    public void An_alert_ends_when_its_metrics_stay_away()
    {
        Activate(1, threshold: 2);
        var detector = _detectors.For(Some.Station())!;
        Observe(detector, 3);
        for (var i = 0; i < 40; i++) detector.Observe(_nowMs += 60_000, [0], [20.0], _changes);
        Assert.Equal(2, _changes.Count);
        Assert.Contains("too-few-metrics", _changes[1].Evidence);
    }

    [Fact]
    public void Ordinary_readings_allocate_nothing()
    {
        Activate(1, threshold: 2);
        var detector = _detectors.For(Some.Station())!;
        byte[] slots = [1, 4];
        double[] values = [7.5, 1];
        for (var i = 0; i < 5; i++) detector.Observe(_nowMs += 60_000, slots, values, _changes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) detector.Observe(_nowMs += 60_000, slots, values, _changes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Activate(int version, double threshold, int hold = 1) =>
        _detectors.Of("wq-1").Active = new ActiveModel<PcaModel>(version, Some.Model(threshold, hold), Pinned: false);

    private void Observe(StationDetector detector, double ammonia) => detector.Observe(_nowMs += 60_000, [1, 4], [7.5, ammonia], _changes);
}
