using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class MinuteBookTests
{
    private const long Minute = 28_927_680;

    private readonly SensorRegistry _registry = new ForecastDesk().Registry;
    private readonly LatestBoard _latest = new();

    [Fact]
    public void A_level_that_is_sent_no_more_stands_at_its_own_minute_whatever_else_the_station_sends()
    {
        var map = new NowcastMap(_registry, pipes: 12);
        var book = new MinuteBook(_latest, new RainBoard(), ForecastDesk.MinuteMs);
        var pipe = map.Stations.Single(s => s.Metric == "level");
        var column = map.Columns[pipe.Site.Own];
        var values = new double[_registry[pipe.Sensor].Layout.Names.Count];
        Array.Fill(values, 1.2);
        for (var minute = 0; minute < 5; minute++)
        {
            // The battery goes on every minute, the level came in the first alone.
            var times = new long[values.Length];
            Array.Fill(times, (Minute + minute) * ForecastDesk.MinuteMs);
            times[column.Slot] = Minute * ForecastDesk.MinuteMs;
            _latest.Set(pipe.Sensor, new LatestReading((Minute + minute) * ForecastDesk.MinuteMs, values, default) { Times = minute == 0 ? null : times });
            book.Take(map, (Minute + minute) * ForecastDesk.MinuteMs);
        }
        var table = book.TableAt(map, Minute + 4);
        Assert.Equal(1.2, (double)table.At(pipe.Site.Own, table.Count - 5), 5);
        for (var back = 1; back <= 4; back++) Assert.True(double.IsNaN(table.At(pipe.Site.Own, table.Count - back)));
        Assert.Equal(Minute - 1, book.LastMinute(map, (Minute + 4) * ForecastDesk.MinuteMs));
    }
}
