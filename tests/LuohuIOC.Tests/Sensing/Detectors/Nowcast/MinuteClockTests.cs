using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>Six waterlogging points and a gauge, of which all speak every minute until they die.</summary>
public sealed class MinuteClockTests
{
    private const long MinuteMs = 1000;
    private const long Start = 1_735_660_800;

    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();
    private readonly RainBoard _rain = new();
    private readonly MinuteBook _book;
    private readonly MinuteClock _clock = new(MinuteMs);

    public MinuteClockTests()
    {
        var here = new GeoPoint(114.10, 22.55);
        _registry.Apply([.. Enumerable.Range(0, 6).Select(i => RainDesk.Draft($"p{i}", SensorKind.Waterlogging, here.Offset(i * 100, 0))), RainDesk.Draft("gauge", SensorKind.RainGauge, here)]);
        _book = new MinuteBook(_latest, _rain, MinuteMs);
    }

    [Fact]
    public void Six_dead_sensors_of_seven_do_not_stop_time_for_the_seventh()
    {
        var looks = Run(200, alive: minute => minute < 100 ? 7 : 1);
        Assert.Equal(199 - 1, looks[^1] - Start);
        Assert.True(looks.Count(m => m >= Start + 100) > 85);
    }

    [Fact]
    public void When_all_are_dead_minutes_are_counted_on_after_ten_and_go_on_with_the_first_who_speaks()
    {
        var looks = Run(160, alive: minute => minute is >= 100 and < 140 ? 0 : 7);
        Assert.Equal([.. Enumerable.Range(0, 99).Select(m => Start + m), .. Enumerable.Range(108, 51).Select(m => Start + m)], looks.Where(m => m >= Start));
    }

    [Fact]
    public void Who_was_heard_of_before_the_start_alone_is_not_asked_what_minute_it_is()
    {
        var map = new NowcastMap(_registry, pipes: 0);
        foreach (var column in map.Columns.Where(c => !c.IsRain)) _book.Learn(column, (Start - 60) * MinuteMs, 0, default, [0.1, 0, 90]);
        _book.Take(map, Start * MinuteMs);
        Assert.Equal(-1, _book.LastMinute(map, Start * MinuteMs));
    }

    [Fact]
    public void A_start_into_silence_counts_from_the_start()
    {
        Assert.Equal([Start + 9, Start + 10, Start + 11], Run(13, alive: _ => 0));
    }

    // Minute m is looked at from its end on.
    private List<long> Run(int minutes, Func<int, int> alive)
    {
        var map = new NowcastMap(_registry, pipes: 0);
        var looks = new List<long>();
        for (var minute = 0; minute < minutes; minute++)
        {
            var nowMs = (Start + minute) * MinuteMs;
            for (var i = 0; i < alive(minute); i++)
                if (i == 6) _rain.Observe(Number("gauge"), Arrival.Latest, nowMs, nowMs, 0, default, [0], [0]);
                else _latest.Set(Number($"p{i}"), new LatestReading(nowMs, [0.1, 0, 90], default));
            _book.Take(map, nowMs);
            if (_clock.Next(_book.LastMinute(map, nowMs), nowMs) is { } look) looks.Add(look);
        }
        return looks;
    }

    private int Number(string id) => _registry.TryFind(id, out var sensor) ? sensor.Number : throw new InvalidOperationException(id);
}
