using LuohuIOC.Detection;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Tests.Detection;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

public sealed class StationTrainingTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(SyntheticStation.StartMs).AddDays(20);

    private readonly string _folder;
    private readonly ModelStore<PcaModel, ModelEvaluation> _store;
    private readonly StationDetectors _detectors;

    public StationTrainingTests()
    {
        _store = Some.Store(out _folder);
        _detectors = new StationDetectors(_store);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Trains_from_good_readings_only_and_puts_the_model_in_force()
    {
        var clean = await Training(Some.Past(20)).TrainAsync(Some.Station(id: "clean"), asked: false, TestContext.Current.CancellationToken);
        var spoilt = await Training(Some.Past(20, withBad: true)).TrainAsync(Some.Station(id: "spoilt"), asked: false, TestContext.Current.CancellationToken);

        Assert.Equal(clean!.Model.Threshold, spoilt!.Model.Threshold);
        Assert.Same(spoilt, _detectors.Of("spoilt").Active);
        Assert.Equal(SyntheticStation.Metrics, clean.Model.Metrics);
        var evaluation = Assert.Single(_store.Versions("clean")).Evaluation!;
        Assert.InRange(evaluation.Days.Length, 20, 21);
        Assert.InRange(evaluation.Alarms, 0, 4);
    }

    [Fact]
    public async Task A_short_history_leaves_the_station_untrained_and_says_what_is_missing()
    {
        var past = Some.Past(20);
        var model = await Training(past[^300..]).TrainAsync(Some.Station(), asked: true, TestContext.Current.CancellationToken);
        Assert.Null(model);
        Assert.Null(_detectors.Of("wq-1").Active);
        Assert.Equal(new TrainingShortage(ShortageReason.Readings, 300, 500), _detectors.Of("wq-1").Attempt!.Shortage);
        Assert.Empty(_store.Versions("wq-1"));
    }

    [Theory]
    [InlineData(false, false, true, 1)]
    [InlineData(true, false, true, 1)]
    [InlineData(true, true, true, 1)]
    [InlineData(false, true, false, 2)]
    [InlineData(true, true, false, 4)]
    public async Task A_training_under_way_does_not_undo_a_rollback(bool asked, bool pinnedBefore, bool rollback, int inForce)
    {
        for (var i = 0; i < 3; i++) _detectors.Add("wq-1", Some.Model(), null, overPin: null);
        if (pinnedBefore) Assert.True(_detectors.Rollback("wq-1"));
        // Back to the first version, from wherever it stands.
        var training = Training(Some.Past(20), () => { while (rollback && _detectors.Rollback("wq-1")) { } });
        var model = await training.TrainAsync(Some.Station(), asked, TestContext.Current.CancellationToken);
        var active = _detectors.Of("wq-1").Active!;
        Assert.Same(active, model);
        Assert.Equal((inForce, inForce < 4), (active.Version, active.Pinned));
        Assert.Equal((inForce, inForce < 4), (_store.ReadActive()["wq-1"].Version, _store.ReadActive()["wq-1"].Pinned));
        Assert.Equal((4, inForce == 4), (_store.Versions("wq-1")[0].Version, _store.Versions("wq-1")[0].Active));
    }

    private StationTraining Training(List<LuohuIOC.History.StoredReading> past, Action? read = null) =>
        new(new FixedHistory(past, read), _detectors, new TrainingOptions(), new FixedClock(Now));
}
