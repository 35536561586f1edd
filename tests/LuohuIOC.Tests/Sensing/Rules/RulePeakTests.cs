using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

/// <summary>The record says how far the value went, not only where severities were crossed.</summary>
public sealed class RulePeakTests
{
    private const string Depth = "waterlogging-depth";

    [Fact]
    public void Water_that_rises_on_at_one_severity_is_told_by_fifths_and_its_peak_before_the_end()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        foreach (var (second, depth) in new[] { (0, 0.43), (60, 0.45), (120, 0.60), (180, 0.90), (240, 0.95), (300, 0.94), (360, 0.02), (420, 0.02) })
            sensor.Read(second, ("depth", depth));
        Assert.Equal(
            [(Severity.Red, 0.43, 0), (Severity.Red, 0.60, 120), (Severity.Red, 0.90, 180), (Severity.Red, 0.95, 240), (null, 0.02, 360)],
            Told(sensor, Depth));
        sensor.Changes.Clear();
        sensor.Read(1000, ("depth", 0.41));
        sensor.Read(1060, ("depth", 0.0));
        Assert.Equal("waterlogging-depth red@1000, waterlogging-depth ended@1060", sensor.Story);
    }

    [Fact]
    public void A_peak_is_told_while_it_still_counts_at_its_severity()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        foreach (var (second, depth) in new[] { (0, 0.43), (60, 0.46), (120, 0.30) }) sensor.Read(second, ("depth", depth));
        Assert.Equal(
            "waterlogging-depth red@0, waterlogging-depth red@60, waterlogging-depth orange@120", string.Join(", ", sensor.Changes.Where(c => c.Rule == Depth).Select(Watched.Tell)));
    }

    [Fact]
    public void Where_less_is_worse_the_lowest_is_the_peak()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        foreach (var (second, battery) in new[] { (0, 18.0), (60, 17.5), (120, 9.0), (180, 8.5), (240, 100.0) }) sensor.Read(second, ("depth", 0), ("battery", battery));
        var told = sensor.Changes.Where(c => c.Metric == "battery").ToList();
        Assert.Equal(8.5, told[^2].Value);
        Assert.Null(told[^1].Severity);
    }

    [Fact]
    public void A_crest_that_passes_while_the_rule_waits_for_its_hold_is_told_with_its_own_time()
    {
        var sensor = new Watched(SensorKind.Pipe);
        // The first hold is broken off: what was seen in it belongs to no alert.
        foreach (var (second, level) in new[] { (0, 2.0), (20, 3.1), (40, 1.2), (100, 1.6), (120, 2.3), (140, 1.9), (150, 1.8) }) sensor.Read(second, ("level", level));
        sensor.Tick(170);
        Assert.Equal([(Severity.Yellow, 1.8, 160), (Severity.Yellow, 2.3, 120)], Told(sensor, "pipe-level"));
        sensor.Read(180, ("level", 1.7));
        sensor.Read(200, ("level", 1.0));
        Assert.Equal([(Severity.Yellow, 1.8, 160), (Severity.Yellow, 2.3, 120), (null, 1.0, 200)], Told(sensor, "pipe-level"));
    }

    /// <summary>A station that speaks every minute, and a hold of a minute: the usual case.</summary>
    [Fact]
    public void The_reading_of_the_very_moment_at_which_a_hold_runs_out_decides_and_is_told()
    {
        var sensor = new Watched(SensorKind.Outfall);
        foreach (var (second, level) in new[] { (0, 2.0), (60, 2.99), (120, 2.95), (180, 2.9), (240, 1.0) }) sensor.Read(second, ("level", level));
        Assert.Equal([(Severity.Yellow, 2.99, 60), (null, 1.0, 240)], Told(sensor, "outfall-level"));
        sensor.Changes.Clear();
        foreach (var (second, level) in new[] { (1000, 2.1), (1060, 1.0), (1120, 1.0) }) sensor.Read(second, ("level", level));
        Assert.Empty(Told(sensor, "outfall-level"));
        // Orange has been waited for since 3.4: it is told with what stands there then.
        foreach (var (second, level) in new[] { (2000, 2.1), (2060, 3.4), (2120, 3.5), (2180, 1.0) }) sensor.Read(second, ("level", level));
        Assert.Equal([(Severity.Yellow, 3.4, 2060), (Severity.Orange, 3.5, 2120), (null, 1.0, 2180)], Told(sensor, "outfall-level"));
    }

    /// <summary>A change is known by its time and severity: what comes of the moment in which it was told already, late, must not be taken for that.</summary>
    [Fact]
    public void A_reading_of_the_moment_that_was_told_by_time_alone_is_told_as_well()
    {
        var sensor = new Watched(SensorKind.Outfall);
        sensor.Read(0, ("level", 2.0));
        sensor.Tick(61);
        sensor.Receive(60, 62, -1, ("level", 2.99));
        var told = sensor.Changes.Where(c => c.Rule == "outfall-level").ToList();
        Assert.Equal([2.0, 2.99], told.Select(c => c.Value));
        Assert.NotEqual(told[0].ObservedMs, told[1].ObservedMs);
    }

    [Fact]
    public void A_crest_little_further_than_what_was_told_at_the_end_of_the_hold_is_told_before_the_end()
    {
        var sensor = new Watched(SensorKind.WaterQuality);
        foreach (var (second, codmn) in new[] { (0, 6.9), (300, 6.6), (600, 2.0), (900, 9.5), (1200, 6.2), (1500, 2.0), (2200, 2.0) }) sensor.Read(second, ("codmn", codmn));
        Assert.Equal([(Severity.Blue, 6.6, 300), (Severity.Blue, 9.5, 900), (null, 2.0, 2100)], Told(sensor, "water-codmn"));
        sensor.Changes.Clear();
        foreach (var (second, codmn) in new[] { (3000, 6.5), (3300, 6.4), (3600, 2.0), (4300, 2.0) }) sensor.Read(second, ("codmn", codmn));
        Assert.Equal([(Severity.Blue, 6.4, 3300), (Severity.Blue, 6.5, 3000), (null, 2.0, 4200)], Told(sensor, "water-codmn"));
    }

    [Fact]
    public void A_state_repeats_nothing()
    {
        var sensor = new Watched(SensorKind.Smoke);
        for (var second = 0; second < 600; second += 60) sensor.Read(second, ("alarm", 1));
        Assert.Single(sensor.Changes, c => c.Rule != "offline");
    }

    private static IEnumerable<(Severity?, double, int)> Told(Watched sensor, string rule) =>
        sensor.Changes.Where(c => c.Rule == rule).Select(c => (c.Severity, c.Value, (int)((c.ObservedMs - Watched.Start) / 1000)));
}
