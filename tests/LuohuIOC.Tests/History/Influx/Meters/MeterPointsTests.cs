using System.Diagnostics.Metrics;
using System.Text;
using LuohuIOC.History.Influx.Meters;
using Xunit;

namespace LuohuIOC.Tests.History.Influx.Meters;

public sealed class MeterPointsTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MeterSums _sums;

    public MeterPointsTests() => _sums = new MeterSums(i => i.Meter == _meter);

    public void Dispose()
    {
        _sums.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counters_and_histograms_are_sums_and_gauges_are_as_they_are()
    {
        var open = 3;
        var counter = _meter.CreateCounter<long>("luohu.a");
        var histogram = _meter.CreateHistogram<double>("luohu.b");
        _meter.CreateObservableGauge("luohu.c", () => new Measurement<int>(open, new KeyValuePair<string, object?>("kind", "pipe")));
        _meter.CreateObservableCounter("dotnet.d", () => 7L);
        counter.Add(1);
        counter.Add(2);
        counter.Add(5, new KeyValuePair<string, object?>("reason", "bad json"));
        histogram.Record(0.25);
        histogram.Record(0.5);
        Assert.Equal(
            """
            dotnet.d host=h value=7
            luohu.a host=h reason=bad\ json value=5
            luohu.a host=h value=3
            luohu.b host=h value=0.75 count=2i
            luohu.c host=h kind=pipe value=3
            """, Lines());
        open = 1;
        Assert.Contains("luohu.c host=h kind=pipe value=1", Lines(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_that_is_no_longer_told_of_is_no_longer_written()
    {
        string[] kinds = ["pipe", "smoke"];
        _meter.CreateObservableGauge("luohu.open", () => kinds.Select(k => new Measurement<int>(1, new KeyValuePair<string, object?>("kind", k))));
        Assert.Equal(2, _sums.Read().Count);
        kinds = ["smoke"];
        Assert.Equal("smoke", Assert.Single(_sums.Read()).Tags[0].Value);
    }

    [Fact]
    public void Labels_without_end_are_bounded()
    {
        var counter = _meter.CreateCounter<long>("luohu.each");
        for (var i = 0; i < MeterSums.SeriesMax + 10; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        Assert.Equal(MeterSums.SeriesMax, _sums.Read().Count);
        Assert.Equal(10, _sums.LeftOut);
    }

    /// <summary>Sorted, with spaces for commas and without the time.</summary>
    private string Lines()
    {
        var text = Encoding.UTF8.GetString(MeterPoints.Lines(_sums.Read(), "h", 0).Written.Span);
        return string.Join('\n', text.TrimEnd().Split('\n').Select(l => l[..^2].Replace(',', ' ').Replace("luohu.dotnet", "dotnet", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
