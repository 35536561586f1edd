using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Quality;

public sealed class QualityChecksTests
{
    /// <summary>Such a value is bad, and what it stands for is known: water stands no longer where a dry gauge reads a little below nought, and there is at least as much as an instrument can say.</summary>
    [Theory]
    [InlineData(SensorKind.Waterlogging, "depth", 0.45, -0.01, 0.0, "waterlogging-depth red@0, waterlogging-depth ended@60")]
    [InlineData(SensorKind.Waterlogging, "depth", 0.45, -0.11, 0.45, "waterlogging-depth red@0")]
    [InlineData(SensorKind.Gas, "lel", 0.0, 110.0, 100.0, "gas-lel red@60")]
    [InlineData(SensorKind.Gas, "lel", 0.0, 111.0, 0.0, "")]
    [InlineData(SensorKind.Heat, "temperature", 25.0, 260.0, 250.0, "heat-temperature orange@60")]
    [InlineData(SensorKind.Heat, "temperature", 25.0, 9999.0, 25.0, "")]
    public void A_value_just_beyond_the_range_is_bad_and_counts_as_its_end(SensorKind kind, string metric, double before, double value, double latest, string story)
    {
        var w = new Watched(kind);
        w.Read(0, (metric, before));
        Assert.Equal(Bad(QualityReason.OutOfRange, 1UL << Array.IndexOf([.. w.Sensor.Layout.Names], metric)), w.Read(60, (metric, value)));
        Assert.Equal((latest, story), (w.Latest(metric), w.Story));
    }

    [Fact]
    public void Out_of_range_is_bad_and_the_other_metrics_stay()
    {
        var w = new Watched(SensorKind.Outfall);
        Assert.Equal(Bad(QualityReason.OutOfRange, 0b101), w.Read(0, ("level", 12), ("flow", 1.5), ("velocity", -10.5)));
        Assert.Equal(1.5, w.Latest("flow"));
        Assert.True(double.IsNaN(w.Latest("level")));
    }

    [Fact]
    public void The_worst_metric_decides_and_names_its_like()
    {
        var w = new Watched(SensorKind.Outfall);
        w.Read(0, ("level", 0.5), ("flow", 1), ("velocity", 0));
        Assert.Equal(Bad(QualityReason.ImpossibleRate, 0b110), w.Receive(200, 10, 1, ("level", 0.5), ("flow", 90), ("velocity", 99)).Mark);
    }

    [Fact]
    public void An_impossible_step_is_refused_once_and_believed_when_the_next_agrees()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        // 1.2 m a minute is the limit and a minute the shortest time that counts.
        Assert.Equal(Bad(QualityReason.ImpossibleRate, 1), w.Read(10, ("depth", 1.3)));
        Assert.Equal(("", 0.0), (w.Story, w.Latest("depth")));
        Assert.Equal(default, w.Read(20, ("depth", 1.35)));
        Assert.Equal("waterlogging-depth red@20", w.Story);
    }

    [Fact]
    public void Two_impossible_values_that_disagree_are_both_refused()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        Assert.Equal(QualityGrade.Bad, w.Read(10, ("depth", 4)).Grade);
        Assert.Equal(QualityGrade.Bad, w.Read(20, ("depth", 2)).Grade);
        Assert.Equal(QualityGrade.Good, w.Read(30, ("depth", 0.1)).Grade);
        Assert.Equal(QualityGrade.Bad, w.Read(40, ("depth", 4)).Grade);
    }

    [Fact]
    public void A_long_silence_allows_a_large_step()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        Assert.Equal(default, w.Read(200, ("depth", 3.9)));
    }

    [Fact]
    public void No_sensor_locks_itself_out() =>
        Gen.Select(Gen.Select(Gen.Int[1, 600], Gen.Double[-1, 6]).Array[0, 20], Gen.Double[0, 5]).Sample((before, level) =>
        {
            var w = new Watched(SensorKind.Waterlogging);
            var second = 0;
            foreach (var (after, depth) in before) w.Read(second += after, ("depth", depth));
            w.Read(second + 10, ("depth", level));
            Assert.NotEqual(QualityGrade.Bad, w.Read(second + 20, ("depth", level)).Grade);
            Assert.Equal(level, w.Latest("depth"));
        }, iter: 1000);

    [Fact]
    public void The_first_step_of_a_flood_is_doubted_but_raises_the_alert()
    {
        var w = new Watched(SensorKind.Waterlogging);
        for (var i = 0; i < 20; i++) Assert.Equal(default, w.Read(i * 60, ("depth", 0.001 * (i % 2))));
        Assert.Equal(Doubtful(QualityReason.Spike), w.Read(1200, ("depth", 0.3)));
        Assert.Equal(default, w.Read(1260, ("depth", 0.5)));
        Assert.Equal("waterlogging-depth orange@1200, waterlogging-depth red@1260", w.Story);
    }

    [Fact]
    public void A_usual_step_is_no_spike()
    {
        var w = new Watched(SensorKind.Outfall);
        for (var i = 0; i < 60; i++) Assert.Equal(default, w.Read(i * 60, ("level", 0.5 + (0.6 * (i % 2)))));
    }

    [Fact]
    public void A_value_that_never_moves_is_stuck_until_it_moves()
    {
        var w = new Watched(SensorKind.Tide);
        for (var i = 0; i < 36; i++) Assert.Equal(default, w.Read(i * 300, ("level", 0.71)));
        Assert.Equal(Doubtful(QualityReason.Stuck), w.Read(36 * 300, ("level", 0.71)));
        Assert.Equal(Doubtful(QualityReason.Stuck), w.Read(37 * 300, ("level", 0.71)));
        Assert.Equal(default, w.Read(38 * 300, ("level", 0.72)));
    }

    [Theory]
    [InlineData(SensorKind.Waterlogging, "depth", 0.0)]
    [InlineData(SensorKind.Waterlogging, "depth", 0.02)]
    [InlineData(SensorKind.Pipe, "level", 0.0)]
    [InlineData(SensorKind.Outfall, "flow", 0.0)]
    [InlineData(SensorKind.RainGauge, "rain", 0.0)]
    [InlineData(SensorKind.Parking, "occupied", 1.0)]
    [InlineData(SensorKind.Manhole, "open", 0.0)]
    [InlineData(SensorKind.Slope, "displacement", 3.0)]
    [InlineData(SensorKind.Gas, "lel", 0.0)]
    [InlineData(SensorKind.Tide, "battery", 97.0)]
    public void What_rests_is_not_stuck(SensorKind kind, string metric, double value)
    {
        var w = new Watched(kind);
        for (var i = 0; i < 2000; i++) Assert.Equal(default, w.Read(i * 600, (metric, value)));
    }

    [Fact]
    public void Nothing_is_known_of_a_generic_sensor()
    {
        var w = new Watched(SensorKind.Generic, layout: new(["torque", "battery"]));
        Assert.Equal(default, w.Read(0, ("torque", 1e12)));
        Assert.Equal(default, w.Read(1, ("torque", -1e12)));
        Assert.Equal(Bad(QualityReason.OutOfRange, 1), w.Read(2, ("torque", double.NaN)));
        w.Read(3, ("battery", 9));
        Assert.Equal("battery-low yellow@3", w.Story);
    }

    private static QualityMark Bad(QualityReason reason, ulong slots) => new(QualityGrade.Bad, reason, slots);

    private static QualityMark Doubtful(QualityReason reason) => new(QualityGrade.Doubtful, reason, 1);
}
