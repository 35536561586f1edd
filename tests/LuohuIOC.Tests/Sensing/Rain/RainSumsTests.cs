using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Rain;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>Gauges that tell running sums: what the rules see is worked out by hand.</summary>
public sealed class RainSumsTests
{
    /// <summary>Never replace it: add the next version's beside it.</summary>
    private const string Version1 = "IIAAAAAAAIBZQAEgMJ1xN8WBAAAAAAAA8D8BIEBTbzfFAQEBIEBTbzfFASAwnXE3xeA=";

    private const string Version2 = "IIAAAAAAAIBZQAEgMJ1xN8WBAAAAAAAA8D8BIEBTbzfFAQEBIEBTbzfFASAwnXE3xcEBgQAAAAAAAAAA4A==";

    private static readonly Serializer<RainSums> Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<RainSums>>();

    private readonly Watched _w = new(SensorKind.RainGauge);

    [Fact]
    public void The_rise_of_a_sum_is_rain_and_repetitions_and_late_ones_are_none()
    {
        Assert.Equal("-", Told(0, ("rain_total", 812.4)));
        Assert.Equal("9.6", Told(300, ("rain_total", 822)));
        Assert.Equal("10.4", Told(600, ("rain_total", 832.4)));
        _w.Observe(600, ReadingGroup.NoSequence, ("rain_total", 832.4));
        _w.Observe(450, ReadingGroup.NoSequence, ("rain_total", 826));
        Assert.Equal("0", Told(900, ("rain_total", 832.4)));
        Assert.Equal("rain-1h blue@600", _w.Story);
    }

    [Theory]
    [InlineData("99.8 0.6", "- 0.6")]
    [InlineData("99.8 100 99.9 100.1", "- 0.2 0 0.2")]
    [InlineData("99999.7 0.2 0.4", "- 0.2 0.2")]
    [InlineData("1 90000 90000.2", "- - 0.2")]
    public void A_sum_that_fell_began_again_unless_it_fell_a_little(string sums, string rain) =>
        Assert.Equal(rain, string.Join(' ', sums.Split(' ').Select((sum, i) => Told(i * 300, ("rain_total", double.Parse(sum))))));

    [Fact]
    public void Of_the_rain_of_a_long_pause_an_hours_share_counts()
    {
        Told(0, ("rain_period", 10));
        Assert.Equal("5", Told(6 * 3600, ("rain_period", 40)));
    }

    [Fact]
    public void A_gauge_that_tells_rain_itself_is_not_counted_twice()
    {
        Told(0, ("rain", 1), ("rain_total", 10));
        Assert.Equal("2", Told(300, ("rain", 2), ("rain_total", 12)));
        Assert.Equal("-", Told(600, ("rain_total", 15)));
        Assert.Equal("3", Told(600, ("rain", 3)));
        Assert.Equal(3, _w.Latest("rain"));
    }

    [Fact]
    public void Of_two_sums_one_counts()
    {
        Told(0, ("rain_total", 100), ("rain_period", 1));
        Assert.Equal("2", Told(300, ("rain_total", 102), ("rain_period", 3)));
        Assert.Equal("-", Told(400, ("rain_period", 4)));
        Assert.Equal("3", Told(600, ("rain_total", 105)));
    }

    [Fact]
    public void An_hours_report_does_not_tell_once_more_what_the_sums_have_told()
    {
        Told(0, ("rain_total", 100));
        Assert.Equal("2", Told(300, ("rain_total", 102)));
        Assert.Equal("4", Told(600, ("rain_total", 106)));
        Assert.Equal("-", Told(300, ("rain", 2)));
        Assert.Equal("-", Told(600, ("rain", 4)));
        Assert.Equal("1", Told(700, ("rain", 1)));
        Assert.Equal("-", Told(900, ("rain_total", 108)));
    }

    [Theory]
    [InlineData(Version1)]
    [InlineData(Version2)]
    public void Sums_go_on_after_a_restart_also_of_the_version_that_first_knew_them(string stored)
    {
        Told(0, ("rain_total", 100), ("rain_period", 1));
        Told(300, ("rain_total", 102));
        var written = Convert.ToBase64String(Serializer.SerializeToArray(_w.State.Sums!));
        Assert.True(written == Version2, written);
        _w.State.Sums = Serializer.Deserialize(Convert.FromBase64String(stored));
        Assert.Equal("0.5", Told(600, ("rain_total", 102.5)));
        Assert.Equal("-", Told(300, ("rain", 2)));
    }

    private string Told(int second, params (string, double)[] values)
    {
        _w.Observe(second, ReadingGroup.NoSequence, values);
        var told = _w.State.Sums?.Told ?? double.NaN;
        return double.IsNaN(told) ? "-" : FormattableString.Invariant($"{told}");
    }
}
