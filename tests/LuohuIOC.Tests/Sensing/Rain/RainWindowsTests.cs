using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>Gauges whose reports name the minutes that their rain fell in, as those of SL 651 do: what is told in two of them fell once.</summary>
public sealed class RainWindowsTests
{
    private const int Series = -5;

    /// <summary>Never replace it: add the next version's beside it.</summary>
    private const string Version1 = "IIAAAAAAAABZQAEgcMhvN8WBAAAAAAAA+P8BAQEBAQEBASEgAAUBIFAJbTfFACBAU283xeAhAAUBIEBTbzfFACBwyG83xeAhAAWBAAAAAAAAFECAAAAAAAAA+D/gAQnggQAAAAAAAAAA4A==";

    private static readonly Serializer<SensorState> Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<SensorState>>();

    private static readonly Gen<int[]> Minutes = Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 30])).Array[90];

    private readonly Watched _w = new(SensorKind.RainGauge);

    // Tenths of a millimetre; the last five minutes are told every minute, from a dry beginning on.
    [Fact]
    public void Five_minutes_told_every_minute_add_up_to_what_fell() =>
        Minutes.Sample(rain =>
        {
            var w = new Watched(SensorKind.RainGauge);
            Array.Clear(rain, 0, 5);
            var counted = Enumerable.Range(0, rain.Length).Sum(minute => Told(w, minute, Window(rain, minute, 5)));
            Assert.Equal(rain.Sum() / 10.0, counted, 6);
        });

    /// <summary>Reports at any minutes, each with its five minutes and the running sum: what counts is what the sum has risen.</summary>
    [Fact]
    public void Beside_a_sum_its_rise_counts() =>
        Gen.Select(Minutes, Gen.Bool.Array[90]).Sample((rain, isTold) =>
        {
            var w = new Watched(SensorKind.RainGauge);
            rain[0] = 0;
            Told(w, 0, 0, (0, "rain_total"));
            var counted = 0.0;
            var last = 0;
            for (var minute = 1; minute < rain.Length; minute++)
            {
                if (!isTold[minute] && minute % 20 != 0) continue;
                counted += Told(w, minute, Window(rain, minute, 5), (Window(rain, minute, minute), "rain_total"));
                last = minute;
            }
            Assert.Equal(Window(rain, last, last), counted, 6);
        });

    /// <summary>The frames of a real station: hourly reports and one in between, of which each names its last five minutes and the running sum.</summary>
    [Fact]
    public void An_hourly_report_of_five_minutes_is_not_all_that_fell()
    {
        Assert.Equal(0, Told(_w, 0, 0, (0, "rain_total")));
        Assert.Equal(4, Told(_w, 50, 4, (4, "rain_total")));
        Assert.Equal(22, Told(_w, 60, 5, (26, "rain_total")));
        Assert.Equal("rain-1h blue@3600", _w.Story);
    }

    [Fact]
    public void A_sum_that_stands_still_hides_no_rain()
    {
        Assert.Equal(0, Told(_w, 0, 0, (0, "rain_total")));
        Assert.Equal(6, Told(_w, 5, 6, (0, "rain_total")));
        Assert.Equal(0, Told(_w, 6, 6, (0, "rain_total")));
        Assert.Equal(8, Told(_w, 10, 8, (0, "rain_total")));
    }

    [Fact]
    public void Of_a_long_pause_no_more_counts_than_the_sum_has_risen()
    {
        Told(_w, 0, 0, (0, "rain_total"));
        Assert.Equal(9, Told(_w, 300, 9, (10, "rain_total")));
        Assert.Equal(1, _w.State.Sums!.Rest, 6);
    }

    /// <summary>An hour's series behind reports in between tells the same rain once more.</summary>
    [Fact]
    public void An_hours_series_counts_what_reports_in_between_have_not_told()
    {
        Told(_w, 0, 0);
        Assert.Equal(10, Told(_w, 52, 10));
        _w.RainMinutes = Series;
        var counted = 0.0;
        for (var slot = 5; slot <= 60; slot += 5) counted += Told(_w, slot, slot is 50 ? 6 : slot is 55 ? 4 : 0, isSeries: true);
        Assert.Equal(0, counted, 6);
        Assert.Equal(3, Told(_w, 65, 3, isSeries: true));
        // The series tells all: the sum beside it is no more rain.
        Assert.Equal(2, Told(_w, 70, 2, (15, "rain_total"), isSeries: true));
        Assert.Equal(4, Told(_w, 75, 4, (19, "rain_total"), isSeries: true));
    }

    [Fact]
    public void Six_minutes_apart_nothing_overlaps_and_a_value_that_none_is_counts_nothing()
    {
        foreach (var minute in (int[])[0, 6, 12, 18]) Assert.Equal(2.5, Told(_w, minute, 2.5));
        Assert.Equal(QualityGrade.Bad, _w.Read(24 * 60, ("rain", 999)).Grade);
        Assert.Equal(2.5, Told(_w, 25, 2.5));
    }

    [Fact]
    public void What_was_counted_outlives_a_restart()
    {
        Told(_w, 0, 5);
        Told(_w, 1, 5.5, (100, "rain_total"));
        var sums = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<LuohuIOC.Sensing.Rain.RainSums>>();
        var written = Convert.ToBase64String(sums.SerializeToArray(_w.State.Sums!));
        Assert.True(written == Version1, written);
        _w.State = Serializer.Deserialize(Serializer.SerializeToArray(_w.State))!;
        _w.State.Sums = sums.Deserialize(Convert.FromBase64String(Version1));
        Assert.Equal(0.5, Told(_w, 2, 4.5 + 0.5, (100.5, "rain_total")));
    }

    private static double Window(int[] rain, int minute, int minutes) => rain[Math.Max(0, minute - minutes + 1)..(minute + 1)].Sum() / 10.0;

    private static double Told(Watched w, int minute, double rain, (double Value, string Metric)? sum = null, bool isSeries = false)
    {
        w.RainMinutes = isSeries ? Series : 5;
        var values = sum is { } told ? new[] { ("rain", rain), (told.Metric, told.Value) } : [("rain", rain)];
        w.Observe(minute * 60, ReadingGroup.NoSequence, values);
        return w.State.Sums!.Told;
    }
}
