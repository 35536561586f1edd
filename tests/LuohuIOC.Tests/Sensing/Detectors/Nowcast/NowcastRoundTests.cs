using LuohuIOC.Alerts;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Rain;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>A waterlogging point, a pipe below it and a gauge.</summary>
public sealed class NowcastRoundTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_735_660_800_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-nowcast-").FullName;
    private readonly SensorRegistry _registry = new ForecastDesk().Registry;
    private readonly LatestBoard _latest = new();
    private readonly RainBoard _rain = new();
    private readonly NowcastBoard _board = new();
    private readonly MinuteBook _book;
    private readonly NowcastRound _round;

    public NowcastRoundTests()
    {
        var models = new ModelStore<NowcastModel, NowcastEvaluation>(ModelsDatabase.Open(_folder), ModelsDatabase.Nowcast, NullLogger.Instance);
        _book = new MinuteBook(_latest, _rain, ForecastDesk.MinuteMs);
        _round = new NowcastRound(
            _registry, new RuleBook(Path.Combine(_folder, "rules.db"), TimeProvider.System), new NowcastModels(models), _board, _book, new NowcastSettings());
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_station_that_leaves_the_map_ends_what_it_has_open_once()
    {
        var nowMs = Now.ToUnixTimeMilliseconds();
        var map = Map();
        _round.Look(map, nowMs / ForecastDesk.MinuteMs);
        Assert.Empty(_round.Leave(map, nowMs));
        Assert.Equal(2, _board.All.Count());
        _registry.Retire("point", Now);
        Assert.Equal(["point nowcast-depth", "point nowcast-residual"], Told(_round.Leave(Map(), nowMs)));
        Assert.Empty(_round.Leave(Map(), nowMs));
        Assert.Single(_board.All);
    }

    [Fact]
    public void Without_a_gauge_nothing_is_forecast_and_all_of_it_ends()
    {
        _round.Look(Map(), Now.ToUnixTimeMilliseconds() / ForecastDesk.MinuteMs);
        _registry.Retire("gauge", Now);
        var ended = _round.Leave(Map(), Now.ToUnixTimeMilliseconds());
        Assert.Equal(["pipe nowcast-level", "pipe nowcast-residual", "point nowcast-depth", "point nowcast-residual"], Told(ended));
        Assert.All(ended, e => Assert.Equal("本站不再预报。", EvidenceWords.Of("zh-CN", "pipe", e.Change.Metric, null, null, e.Change.Evidence!)));
        Assert.Empty(_board.All);
    }

    [Fact]
    public void Half_an_hour_of_silence_ends_what_stands_and_says_that_nothing_is_known()
    {
        var first = Now.ToUnixTimeMilliseconds() / ForecastDesk.MinuteMs;
        for (var minute = first; minute < first + 29; minute++) Assert.Empty(_round.Look(Map(), minute));
        var ended = _round.Look(Map(), first + 29);
        Assert.Equal(["pipe nowcast-level", "pipe nowcast-residual", "point nowcast-depth", "point nowcast-residual"], Told(ended));
        Assert.All(ended, e => Assert.Contains("\"ended\":\"unknown\"", e.Change.Evidence));
        Assert.All(_board.All, s => Assert.Equal((0, NowcastSilence.Station), (s.Nowcast.Values.Length, s.Nowcast.Silence)));
    }

    /// <summary>The reading that takes over may be older than the look that raised: its end would be known by the same time as the one before.</summary>
    [Fact]
    public void An_end_is_never_older_than_the_look_before()
    {
        var minute = Now.ToUnixTimeMilliseconds() / ForecastDesk.MinuteMs;
        _round.Look(Map(), minute);
        Assert.True(_registry.TryFind("point", out var point));
        _latest.Set(point.Number, new LatestReading((minute * ForecastDesk.MinuteMs) + 30_000, [0.5, 0, 90], default));
        var ended = Assert.Single(_round.TakenOver(Map(), _latest));
        Assert.Equal(("nowcast-depth", (minute + 1) * ForecastDesk.MinuteMs), (ended.Change.Rule, ended.Change.ObservedMs));
    }

    private NowcastMap Map() => new(_registry, pipes: 12);

    private static IEnumerable<string> Told(List<(string SensorId, RuleChange Change)> changes)
    {
        Assert.All(changes, c => Assert.Null(c.Change.Severity));
        return changes.Select(c => $"{c.SensorId} {c.Change.Rule}").Order(StringComparer.Ordinal);
    }
}
