using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Sensing.Witnesses;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Witnesses;

/// <summary>Five pipes in a row, every 500 m, the first above the second; an outfall below the second; a gauge beside the first.</summary>
public sealed class WitnessLookTests : IDisposable
{
    private const long NowMs = 1_735_660_800_000;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-witness-").FullName;
    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();
    private readonly RainBoard _rain = new();
    private readonly TrendBook _trends;
    private readonly WitnessLook _look;

    public WitnessLookTests()
    {
        var first = new GeoPoint(114.1, 22.55);
        _registry.Apply(
        [
            RainDesk.Draft("outfall", SensorKind.Outfall, first.Offset(700, 100)),
            RainDesk.Draft("p1", SensorKind.Pipe, first.Offset(500, 0), "outfall"),
            RainDesk.Draft("p0", SensorKind.Pipe, first, "p1"),
            .. Enumerable.Range(2, 3).Select(i => RainDesk.Draft($"p{i}", SensorKind.Pipe, first.Offset(i * 500, 0))),
            .. Enumerable.Range(0, 3).Select(i => RainDesk.Draft($"m{i}", SensorKind.Manhole, first.Offset(i * 50, 200))),
            RainDesk.Draft("far", SensorKind.Pipe, first.Offset(0, 20000)),
            RainDesk.Draft("gauge", SensorKind.RainGauge, first.Offset(50, 0)),
        ]);
        var options = new RainOptions();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("DataDirectory", (string?)_folder)]).Build();
        var health = new HealthWatch(_registry, _latest, new HealthBoard(), new HealthOptions(), new AlertBoard(), settings, TimeProvider.System, NullLogger<HealthWatch>.Instance);
        _trends = new TrendBook(_registry, _latest);
        var rain = new RainNearby(_rain, new GaugeMap(_registry, options, TimeProvider.System), options, TimeSpan.FromHours(1));
        _look = new WitnessLook(_registry, _latest, _trends, health, rain, new NowcastBoard(), new RuleBook(Path.Combine(_folder, "rules.db"), TimeProvider.System), new WitnessOptions());
    }

    [Fact]
    public void Those_that_rise_with_it_agree_and_rain_is_told()
    {
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "outfall" }) Read(id, -15, 0.5);
        _trends.Take();
        foreach (var id in new[] { "p0", "p1", "p2" }) Read(id, 0, 1.6);
        Read("p3", 0, 0.5);
        Read("outfall", 0, 0.3);
        for (var minute = -60; minute <= 0; minute += 10) Fall(minute, 4);

        var found = _look.Look(Alert("p1", "pipe-level", 1.6, 1.5), null, Now);
        Assert.Equal(
            [("p2", NeighbourVerdict.Agrees), ("p3", NeighbourVerdict.Calm), ("p4", NeighbourVerdict.Silent), ("p0", NeighbourVerdict.Agrees), ("outfall", NeighbourVerdict.Opposite)],
            found.Neighbours.Select(n => (n.Id, n.Verdict)));
        Assert.Equal([NeighbourSide.Near, NeighbourSide.Near, NeighbourSide.Near, NeighbourSide.Upstream, NeighbourSide.Downstream], found.Neighbours.Select(n => n.Side));
        Assert.Equal((SurroundingsSubject.Rise, SurroundingsLean.Event, 1.1), (found.Subject, found.Lean, found.Moved));
        Assert.Equal((500, 1.1), (found.Neighbours[0].Metres, found.Neighbours[0].Moved));
        Assert.Equal(1, found.Rain!.Gauges);
        Assert.Equal(24, found.Rain.HourMillimetres!.Value, 1e-9);
    }

    [Fact]
    public void Alone_among_calm_ones_in_dry_weather_it_is_the_instrument()
    {
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "p4", "outfall" }) Read(id, -15, 0.5);
        _trends.Take();
        Read("p1", 0, 1.6);
        foreach (var id in new[] { "p0", "p2", "p3", "p4", "outfall" }) Read(id, 0, 0.505);
        for (var minute = -60; minute <= 0; minute += 60) Fall(minute, 0);
        var found = _look.Look(Alert("p1", "pipe-level", 1.6, 1.5), null, Now);
        Assert.All(found.Neighbours, n => Assert.Equal(NeighbourVerdict.Calm, n.Verdict));
        Assert.Equal(SurroundingsLean.Instrument, found.Lean);
        Assert.Equal(0, found.Rain!.HourMillimetres);
    }

    [Fact]
    public void A_level_that_is_sent_no_more_is_silent_however_often_its_battery_is()
    {
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "p4", "outfall" }) Read(id, -15, 0.5);
        _trends.Take();
        Read("p1", 0, 1.6);
        foreach (var id in new[] { "p0", "p3", "p4", "outfall" }) Read(id, 0, 0.505);
        Read("p2", 0, 0.505, levelMinute: -24 * 60);
        var dead = _look.Look(Alert("p1", "pipe-level", 1.6, 1.5), null, Now).Neighbours.Single(n => n.Id == "p2");
        Assert.Equal((NeighbourVerdict.Silent, Now.AddDays(-1)), (dead.Verdict, dead.ObservedAt!.Value));
    }

    [Fact]
    public void A_detectors_alert_asks_for_the_way_that_it_went()
    {
        Read("p1", 0, 0.2);
        var fell = _look.Look(Alert("p1", "pipe-anomaly", 0.2, null) with { Evidence = """{"detector":"chart","expected":{"level":0.9}}""" }, null, Now);
        Assert.Equal(SurroundingsSubject.Fall, fell.Subject);
        var rose = _look.Look(Alert("p1", "pipe-anomaly", 0.2, null) with { Evidence = """{"fault":"bias","expected":0.1}""" }, null, Now);
        Assert.Equal(SurroundingsSubject.Rise, rose.Subject);
    }

    [Theory]
    [InlineData("nowcast-level", """{"nowcast":{"minutes":30,"expected":1.6,"low":1.2,"high":1.9}}""", SurroundingsSubject.Rise)]
    [InlineData("nowcast-residual", """{"residual":{"minutes":15,"expected":1.8,"factor":-4}}""", SurroundingsSubject.Fall)]
    [InlineData("nowcast-residual", """{"residual":{"minutes":15,"expected":0.2,"factor":5}}""", SurroundingsSubject.Rise)]
    public void A_forecasts_alert_asks_for_the_way_that_was_forecast_or_was_not(string rule, string evidence, SurroundingsSubject subject)
    {
        foreach (var (minute, level) in new[] { (-15, subject == SurroundingsSubject.Rise ? 0.8 : 0.4), (0, 0.6) })
        {
            Read("p1", minute, level);
            if (minute < 0) _trends.Take();
        }
        Assert.Equal(subject, _look.Look(Alert("p1", rule, 0.6, 1.5) with { Evidence = evidence }, null, Now).Subject);
    }

    [Fact]
    public void What_changed_over_an_outage_is_no_change_of_a_quarter_of_an_hour()
    {
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "p4", "outfall" }) Read(id, -300, 0.5);
        _trends.Take();
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "p4", "outfall" }) Read(id, 0, 1.6);
        var found = _look.Look(Alert("p1", "pipe-level", 1.6, 1.5), null, Now);
        Assert.Null(found.Moved);
        Assert.All(found.Neighbours, n => Assert.Equal((null, NeighbourVerdict.Unknown), (n.Moved, n.Verdict)));
    }

    [Fact]
    public void Silence_beside_silence_is_not_one_devices()
    {
        Read("p1", -24 * 60, 0.5);
        // Those that never spoke have not fallen silent.
        Assert.Equal(SurroundingsLean.Undecided, _look.Look(Alert("p1", "offline", null, null) with { Metric = "" }, null, Now).Lean);
        foreach (var id in new[] { "p0", "p2", "p3", "p4", "outfall" }) Read(id, -23 * 60, 0.5);
        var found = _look.Look(Alert("p1", "offline", null, null) with { Metric = "" }, null, Now);
        Assert.Equal((SurroundingsSubject.Silence, SurroundingsLean.Event), (found.Subject, found.Lean));
        foreach (var id in new[] { "p0", "p2", "p3", "p4", "outfall" }) Read(id, 0, 0.5);
        Assert.Equal(SurroundingsLean.Instrument, _look.Look(Alert("p1", "offline", null, null) with { Metric = "" }, null, Now).Lean);
    }

    [Fact]
    public void A_cover_that_is_closed_again_is_asked_of_as_it_was_told()
    {
        foreach (var id in new[] { "m0", "m1", "m2" }) Read(id, -15, 0, "open");
        _trends.Take();
        foreach (var id in new[] { "m0", "m1", "m2" }) Read(id, 0, 0, "open");
        var found = _look.Look(Alert("m0", "manhole-open", 1, null) with { Metric = "open" }, null, Now);
        Assert.Equal((SurroundingsSubject.State, SurroundingsLean.Undecided), (found.Subject, found.Lean));
        Assert.Equal([("m1", null, NeighbourVerdict.Calm), ("m2", null, NeighbourVerdict.Calm)], found.Neighbours.Select(n => (n.Id, n.Moved, n.Verdict)));
    }

    [Fact]
    public void That_its_neighbours_rise_makes_no_event_of_a_sensor_that_does_not_feel_them()
    {
        foreach (var id in new[] { "p0", "p1", "p2", "p3", "outfall" }) Read(id, -15, 0.5);
        _trends.Take();
        foreach (var id in new[] { "p0", "p2", "p3" }) Read(id, 0, 1.6);
        Read("p1", 0, 0.51);
        var found = _look.Look(Alert("p1", HealthMarks.FaultRule, 0.51, null), null, Now);
        Assert.Equal((null, SurroundingsLean.Undecided), (found.Subject, found.Lean));
    }

    [Fact]
    public void Of_a_battery_nobody_near_can_say_anything() =>
        Assert.Equal((null, 0), _look.Look(Alert("p1", "battery-low", 12, 20) with { Metric = "battery" }, null, Now) is var found ? (found.Subject, found.Neighbours.Length) : default);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private Sensor Of(string id) => _registry.TryFind(id, out var sensor) ? sensor : throw new InvalidOperationException(id);

    private void Fall(int minute, double mm)
    {
        var timeMs = NowMs + (minute * 60_000);
        _rain.Observe(Of("gauge").Number, Arrival.Latest, timeMs, timeMs, 0, default, [0], [mm]);
    }

    private void Read(string id, int minute, double value, string metric = "level", int? levelMinute = null)
    {
        var sensor = Of(id);
        var values = sensor.Layout.Names.Select(n => n == metric ? value : double.NaN).ToArray();
        var times = sensor.Layout.Names.Select(n => NowMs + ((n == metric ? levelMinute ?? minute : minute) * 60_000L)).ToArray();
        _latest.Set(sensor.Number, new LatestReading(NowMs + (minute * 60_000), values, default(QualityMark)) { Times = times });
    }

    private static AlertView Alert(string sensor, string rule, double? value, double? threshold) => new()
    {
        Id = "a",
        SensorId = sensor,
        SensorName = sensor,
        Kind = "pipe",
        Street = "",
        Rule = rule,
        RuleName = rule,
        Severity = "yellow",
        Worst = "yellow",
        State = "raised",
        Metric = "level",
        Unit = "m",
        Value = value,
        Threshold = threshold,
        ObservedAt = DateTimeOffset.FromUnixTimeMilliseconds(NowMs),
        RaisedAt = DateTimeOffset.FromUnixTimeMilliseconds(NowMs),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(NowMs),
        Version = 1,
    };
}
