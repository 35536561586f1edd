using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.History;
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

    [Fact]
    public async Task What_officers_found_true_does_not_teach()
    {
        var past = Some.Past(20);
        var (fromMs, toMs) = (Ms(10), Ms(11));
        List<StoredReading> without = [.. past.Where(r => r.TimeMs < fromMs || r.TimeMs > toMs)];
        List<StoredReading> spoilt = [.. past.Select(r => r.TimeMs < fromMs || r.TimeMs > toMs ? r : r with { Values = [.. r.Values.Select(v => v + 5)] })];
        var clean = await Training(without).TrainAsync(Some.Station(id: "clean"), asked: true, TestContext.Current.CancellationToken);
        var model = await Training(spoilt, ledger: Span(AlertVerdict.True, isOpen: false, fromMs, toMs)).TrainAsync(Some.Station(), asked: true, TestContext.Current.CancellationToken);
        var taught = await Training(spoilt, ledger: Span(null, isOpen: false, fromMs, toMs)).TrainAsync(Some.Station(id: "taught"), asked: true, TestContext.Current.CancellationToken);
        Assert.Equal((clean!.Model.Threshold, past.Count - without.Count), (model!.Model.Threshold, model.Model.LeftOut));
        Assert.NotEqual(clean.Model.Threshold, taught!.Model.Threshold);
        Assert.Equal(0, taught.Model.LeftOut);
        Assert.Equal(97, _store.ReadActive()["wq-1"].Model.LeftOut);
        Assert.Equal(97, DetectorViews.ViewOf("wq-1", "en", _detectors.Of("wq-1"), _store, false, new TrainingOptions()).Model!.LeftOut);
    }

    [Theory]
    [InlineData(null, true, 19, "ph", 96)]
    [InlineData(null, true, 16, "ph", 0)]
    [InlineData(AlertVerdict.True, true, 16, "ph", 384)]
    [InlineData(AlertVerdict.False, true, 19, "ph", 0)]
    [InlineData(null, true, 19, "battery", 0)]
    public async Task What_is_open_does_not_teach_unless_it_is_the_new_ordinary_state_or_found_false(AlertVerdict? verdict, bool isOpen, int fromDay, string metric, int leftOut)
    {
        var training = Training(Some.Past(20), ledger: Span(verdict, isOpen, Ms(fromDay), null, metric));
        Assert.Equal(leftOut, (await training.TrainAsync(Some.Station(), asked: true, TestContext.Current.CancellationToken))!.Model.LeftOut);
    }

    /// <summary>An officer who closes the alert of a fault that lasts has not mended it.</summary>
    [Theory]
    [InlineData(null, 96)]
    [InlineData(AlertVerdict.True, 96)]
    [InlineData(AlertVerdict.False, 0)]
    public async Task What_the_detector_holds_does_not_teach_though_its_alert_was_closed(AlertVerdict? verdict, int leftOut)
    {
        _detectors.Of("wq-1").OpenSinceMs = Ms(19);
        var training = Training(Some.Past(20), ledger: Span(verdict, isOpen: false, Ms(19), Ms(19) + 3_600_000));
        Assert.Equal(leftOut, (await training.TrainAsync(Some.Station(), asked: true, TestContext.Current.CancellationToken))!.Model.LeftOut);
    }

    [Fact]
    public async Task Who_lacks_readings_because_of_an_alert_is_told_so_also_where_a_model_stays()
    {
        _detectors.Add("wq-1", Some.Model(), null, overPin: null);
        var training = Training(Some.Past(20)[^592..], ledger: Span(null, isOpen: true, Ms(18), null));
        await training.TrainAsync(Some.Station(), asked: true, TestContext.Current.CancellationToken);
        Assert.Equal(new TrainingShortage(ShortageReason.Readings, 400, 500, LeftOut: 192), _detectors.Of("wq-1").Attempt!.Shortage);
        var missing = DetectorViews.ViewOf("wq-1", "en", _detectors.Of("wq-1"), _store, queued: false, new TrainingOptions()).Missing!;
        Assert.Equal(192, missing.LeftOut);
        Assert.Equal("There are 400 readings; 500 are needed. 192 more are left out: an alert of the station is open then, or was marked true.", missing.Text);
    }

    private StationTraining Training(List<StoredReading> past, Action? read = null, params AlertSpan[] ledger) =>
        new(new FixedHistory(past, read), _detectors, new FixedPast(ledger), new TrainingOptions(), new FixedClock(Now));

    private static AlertSpan Span(AlertVerdict? verdict, bool isOpen, long fromMs, long? toMs, string metric = "ph") => new("water-quality-anomaly", metric, verdict, isOpen, fromMs, toMs);

    private static long Ms(int day) => Now.AddDays(day - 20).ToUnixTimeMilliseconds();
}
