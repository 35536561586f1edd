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
            sensor.Changes.Where(c => c.Rule == Depth).Select(c => (c.Severity, c.Value, (int)((c.ObservedMs - Watched.Start) / 1000))));
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
    public void A_state_repeats_nothing()
    {
        var sensor = new Watched(SensorKind.Smoke);
        for (var second = 0; second < 600; second += 60) sensor.Read(second, ("alarm", 1));
        Assert.Single(sensor.Changes, c => c.Rule != "offline");
    }
}
