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
        var clean = await Training(Some.Past(20)).TrainAsync(Some.Station(id: "clean"), TestContext.Current.CancellationToken);
        var spoilt = await Training(Some.Past(20, withBad: true)).TrainAsync(Some.Station(id: "spoilt"), TestContext.Current.CancellationToken);

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
        var model = await Training(past[^300..]).TrainAsync(Some.Station(), TestContext.Current.CancellationToken);
        Assert.Null(model);
        Assert.Null(_detectors.Of("wq-1").Active);
        Assert.Equal(new TrainingShortage(ShortageReason.Readings, 300, 500), _detectors.Of("wq-1").Attempt!.Shortage);
        Assert.Empty(_store.Versions("wq-1"));
    }

    private StationTraining Training(List<LuohuIOC.History.StoredReading> past) =>
        new(new FixedHistory(past), _store, _detectors, new TrainingOptions(), new FixedClock(Now));
}
