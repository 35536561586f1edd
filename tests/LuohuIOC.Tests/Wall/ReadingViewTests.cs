using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Spatial;
using LuohuIOC.Wall;
using MessagePack;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class ReadingViewTests
{
    [Theory]
    [InlineData(QualityGrade.Bad, QualityReason.OutOfRange, 0b1000UL, "battery")]
    [InlineData(QualityGrade.Doubtful, QualityReason.Drift, 0b0011UL, "level,flow")]
    [InlineData(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue, null)]
    [InlineData(QualityGrade.Good, QualityReason.None, 0UL, null)]
    public void What_is_said_of_some_metrics_names_them_in_both_forms(QualityGrade grade, QualityReason reason, ulong slots, string? named)
    {
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "of-1", Kind = SensorKind.Outfall, Name = "of-1", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        Assert.True(registry.TryFind("of-1", out var sensor));
        var view = new ReadingView(sensor, new LatestReading(1_732_262_400_000, [0.5, 3, double.NaN, 100], new QualityMark(grade, reason, slots)));
        foreach (var json in new[] { JsonSerializer.Serialize(view), MessagePackSerializer.ConvertToJson(MessagePackSerializer.Serialize(view)) })
        {
            using var read = JsonDocument.Parse(json);
            Assert.Equal(3, read.RootElement.GetProperty("values").EnumerateObject().Count());
            var metrics = read.RootElement.TryGetProperty("metrics", out var all) ? string.Join(',', all.EnumerateArray().Select(m => m.GetString())) : null;
            Assert.Equal(named, metrics);
        }
    }
}
