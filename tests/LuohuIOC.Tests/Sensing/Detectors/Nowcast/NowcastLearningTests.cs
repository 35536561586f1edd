using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Detectors.Nowcast;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class NowcastLearningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-nowcast-").FullName;
    private readonly ForecastDesk _desk = new();
    private readonly NowcastSettings _settings = new() { EventMillimetres = 2 };
    private readonly NowcastModels _models;

    public NowcastLearningTests() => _models = new NowcastModels(Store());

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_station_learns_from_its_own_rain_and_uses_the_model_that_does_better()
    {
        var site = new NowcastMap(_desk.Registry, _settings.Pipes).Stations.Single(s => s.Metric == "depth").Site;
        for (var seed = 0; seed < 10; seed++) _desk.Day(seed);
        Assert.False(await Learn());
        Assert.InRange(_models.AttemptOf("point")!.Events!.Value, 3, 10);
        Assert.False(_models.Of(_desk.Point, site)!.IsOwn);

        for (var seed = 10; seed < 80; seed++) _desk.Day(seed);
        Assert.True(await Learn());
        var used = _models.Of(_desk.Point, site)!;
        var evaluation = Assert.Single(_models.Versions("point")).Evaluation!;
        // The simulated cities' water does not follow the rain as this one's does.
        Assert.True(evaluation.Better && evaluation.Own[0].Efficiency > 0.8, $"{evaluation.Own[0]} {evaluation.Prior[0]}");
        Assert.Equal((true, 1), (used.IsOwn, used.Version));
        Assert.Equal(evaluation.Own, used.Scores);
        Assert.Null(_models.AttemptOf("point"));

        // Nothing new has fallen since, and a restart changes nothing.
        Assert.False(await Learn());
        Assert.Equal(1, new NowcastModels(Store()).Of(_desk.Point, site)!.Version);
    }

    [Fact]
    public async Task Only_a_training_that_was_asked_for_ends_a_pin()
    {
        for (var seed = 0; seed < 80; seed++) _desk.Day(seed);
        var site = new NowcastMap(_desk.Registry, _settings.Pipes).Stations.Single(s => s.Metric == "depth").Site;
        var prior = _models.Of(_desk.Point, site)!;
        for (var version = 1; version <= 2; version++) _models.Add("point", prior.Model, new NowcastEvaluation(40, prior.Scores, prior.Scores, Better: true), overPin: null);
        Assert.True(_models.Rollback("point"));
        Assert.True(await Learn());
        Assert.Equal((1, true), (_models.Own("point")!.Version, _models.Own("point")!.Pinned));
        Assert.Equal([3, 2, 1], _models.Versions("point").Select(v => v.Version));
        Assert.True(new NowcastModels(Store()).Own("point")!.Pinned);
        Assert.True(await Learn(asked: true));
        Assert.Equal((4, false), (_models.Own("point")!.Version, _models.Own("point")!.Pinned));
    }

    [Fact]
    public void The_simulated_storms_models_fit_every_station_of_a_district()
    {
        var map = new NowcastMap(_desk.Registry, 5);
        Assert.Equal(2, map.Stations.Length);
        Assert.All(map.Stations, s => Assert.False(_models.Of(_desk.Registry[s.Sensor], s.Site)!.IsOwn));
    }

    private ModelStore<NowcastModel, NowcastEvaluation> Store() => new(ModelsDatabase.Open(_folder), ModelsDatabase.Nowcast, NullLogger.Instance);

    private Task<bool> Learn(bool asked = false)
    {
        var clock = new FixedClock(_desk.Now);
        var rules = new RuleBook(Path.Combine(_folder, "rules.db"), clock);
        return new NowcastLearning(_desk, _desk.Registry, _models, rules, _settings, clock).TrainAsync(_desk.Point, asked, TestContext.Current.CancellationToken);
    }
}
