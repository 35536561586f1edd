using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol;

public sealed class KindCatalogueTests
{
    // Case-sensitive UCUM codes, each checked with a UCUM validator; a new unit has to be checked too.
    private static readonly HashSet<string> Units =
        ["1", "%", "{dBm}", "m", "m3/s", "m/s", "Cel", "[pH]", "mg/L", "{NTU}", "uS/cm", "mm", "deg", "%/m", "uT", "%{LEL}", "V", "A", "mA"];

    [Theory]
    [InlineData(SensorKind.Outfall, "level flow velocity battery signal")]
    [InlineData(SensorKind.WaterQuality, "temperature ph dissolved_oxygen codmn ammonia_nitrogen total_phosphorus turbidity conductivity battery signal")]
    [InlineData(SensorKind.Waterlogging, "depth battery signal")]
    [InlineData(SensorKind.Gas, "lel battery signal alarm fault")]
    [InlineData(SensorKind.Generic, "battery signal")]
    public void A_metrics_slot_is_its_place_and_only_what_was_added_comes_behind_the_common_ones(SensorKind kind, string metrics)
    {
        Assert.Equal(metrics.Split(' '), KindCatalogue.Of(kind).Metrics.Select(m => m.Name));
        Assert.Equal(0, KindCatalogue.Of(kind).IndexOf(KindCatalogue.Of(kind).Metrics[0].Utf8Name));
        Assert.Equal(-1, KindCatalogue.Of(kind).IndexOf("humidity"u8));
    }

    [Fact]
    public void Every_kind_is_sound()
    {
        Assert.Equal(Enum.GetValues<SensorKind>(), KindCatalogue.All.Select(k => k.Kind));
        foreach (var kind in KindCatalogue.All)
        {
            Assert.True(KindCatalogue.TryParse(kind.Name, out var parsed) && parsed == kind.Kind);
            Assert.True(kind.Silence > TimeSpan.Zero && kind.Chinese.Length > 0 && kind.English.Length > 0);
            Assert.InRange(kind.Metrics.Count, 2, TelemetryReader.MetricsMax);
            Assert.Equal(kind.Metrics.Count, kind.Metrics.Select(m => m.Name).Distinct().Count());
            Assert.All(kind.Metrics, Check);
        }
    }

    private static void Check(MetricDefinition metric)
    {
        Assert.True(Topic.IsMetricName(metric.Utf8Name), metric.Name);
        Assert.Contains(metric.Unit, Units);
        Assert.True(metric.Minimum < metric.Maximum, metric.Name);
        Assert.True(metric.RateMax is null or > 0, metric.Name);
        if (metric.Shape != MetricShape.Level) Assert.Null(metric.RateMax);
        if (metric.Shape == MetricShape.State) Assert.Equal((0, 1), (metric.Minimum, metric.Maximum));
    }
}
