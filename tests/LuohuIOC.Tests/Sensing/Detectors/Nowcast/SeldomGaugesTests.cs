using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>A waterlogging point that speaks every minute, among three gauges that speak every hour.</summary>
public sealed class SeldomGaugesTests : IDisposable
{
    private const long First = 28_927_680;

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-nowcast-").FullName;
    private readonly SensorRegistry _registry = new();
    private readonly NowcastBoard _board = new();
    private readonly MinuteBook _book;
    private readonly NowcastRound _round;
    private readonly NowcastMap _map;

    public SeldomGaugesTests()
    {
        var here = new GeoPoint(114.10, 22.55);
        _registry.Apply([RainDesk.Draft("point", SensorKind.Waterlogging, here), .. "ABC".Select((id, i) => RainDesk.Draft($"{id}", SensorKind.RainGauge, here.Offset(300 * i, 0)))]);
        var models = new ModelStore<NowcastModel, NowcastEvaluation>(ModelsDatabase.Open(_folder), ModelsDatabase.Nowcast, NullLogger.Instance);
        _book = new MinuteBook(new LatestBoard(), new RainBoard(), ForecastDesk.MinuteMs);
        _round = new NowcastRound(
            _registry, new RuleBook(Path.Combine(_folder, "rules.db"), TimeProvider.System), new NowcastModels(models), _board, _book, new NowcastSettings());
        _map = new NowcastMap(_registry, pipes: 0);
        for (var minute = 0; minute <= 200; minute++) Learn("point", minute, 0, 0.02);
    }

    [Fact]
    public void In_dry_weather_there_is_a_forecast_when_one_has_just_spoken_and_else_the_reason()
    {
        foreach (var hour in new[] { 30, 90, 150 }) Learn("A", hour, 0, 0);
        Assert.Equal(NowcastSilence.None, At(151));
        Assert.Equal(NowcastSilence.RainSeldom, At(170));
        // In turn, one of them has always just spoken.
        foreach (var hour in new[] { 45, 105, 165 }) Learn("B", hour, 0, 0);
        Assert.Equal(NowcastSilence.None, At(170));
    }

    [Fact]
    public void In_rain_the_dry_gauges_do_not_stand_for_those_that_say_too_seldom_when_it_fell()
    {
        foreach (var gauge in "ABC")
            foreach (var hour in new[] { 30, 90 }) Learn($"{gauge}", hour, 0, 0);
        Learn("A", 150, 0, 0);
        Assert.Equal(NowcastSilence.None, At(151));
        Learn("B", 150, 0, 12);
        Assert.Equal(NowcastSilence.None, At(151));
        Learn("C", 151, 0, 20);
        Assert.Equal(NowcastSilence.RainSeldom, At(151));
    }

    [Fact]
    public void Readings_of_one_time_and_two_sequences_are_two()
    {
        for (var minute = 100; minute <= 150; minute++)
            for (var sequence = 0; sequence < 3; sequence++) Learn("A", minute, sequence, 1);
        Assert.Equal(3, _book.TableAt(_map, First + 150).At(_map.GaugeColumns[0], MinuteBook.Kept - 1), 5);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private NowcastSilence At(int minute)
    {
        _round.Look(_map, First + minute);
        var (_, nowcast) = Assert.Single(_board.All);
        Assert.Equal(nowcast.Silence == NowcastSilence.None, nowcast.Values.Length > 0);
        return nowcast.Silence;
    }

    private void Learn(string id, int minute, long sequence, double value)
    {
        Assert.True(_registry.TryFind(id, out var sensor));
        _book.Learn(_map.Columns.Single(c => c.Sensor == sensor.Number), (First + minute) * ForecastDesk.MinuteMs, sequence, default(QualityMark), [value, 0, 90]);
    }
}
