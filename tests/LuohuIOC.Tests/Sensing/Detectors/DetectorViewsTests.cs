using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

public sealed class DetectorViewsTests : IDisposable
{
    private readonly string _folder;
    private readonly ModelStore<PcaModel, ModelEvaluation> _store;
    private readonly StationDetectors _detectors;

    public DetectorViewsTests()
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
    public void An_untrained_station_says_what_it_needs()
    {
        var view = View();
        Assert.Equal(("not-trained", "untried"), (view.State, view.Missing!.Code));
        Assert.Contains("500", view.Missing.Text);
        _detectors.Of("wq-1").Attempt = new TrainingAttempt(DateTimeOffset.UnixEpoch, new TrainingShortage(ShortageReason.Hours, 10.04, 24));
        view = View();
        Assert.Equal(("hours", 10.0, 24.0), (view.Missing!.Code, view.Missing.Have, view.Missing.Need));
        Assert.Equal("现有读数跨度 10 小时，需要 24 小时。", view.Missing.Text);
    }

    [Fact]
    public void A_trained_station_shows_its_model_and_its_last_judgement()
    {
        _detectors.Of("wq-1").Active = _store.Add("wq-1", Some.Model(), null);
        Assert.Equal("warming-up", View().State);
        _detectors.For(Some.Station())!.Observe(1000, [1, 4], [7.5, 3], []);
        var view = View();
        Assert.Equal("watching", view.State);
        Assert.Equal(1, view.Last!.Contributions!["ammonia_nitrogen"]);
        Assert.Equal(2, view.Model!.Threshold);
        Assert.True(Assert.Single(view.Versions).Active);
    }

    [Fact]
    public void A_detector_on_a_host_that_does_not_answer_is_not_said_to_warm_up()
    {
        using var desk = new DetectorDesk();
        var here = View() with { Streams = desk.Views.Of(DetectorDesk.River(), TextBook.English) };
        var view = DetectorsAbroad.Elsewhere(here, TextBook.English);
        Assert.Equal(("elsewhere", "elsewhere"), (view.State, Assert.Single(view.Streams).State));
        Assert.Equal("The detector is on another host, which does not answer now.", view.Streams[0].StateText);
        Assert.Equal(here.Streams[0].Threshold, view.Streams[0].Threshold);
    }

    /// <summary>As the question for its detector says: a kind that has none is not said to have one that needs no training.</summary>
    [Theory]
    [InlineData(SensorKind.Smoke, "detector-none")]
    [InlineData(SensorKind.River, "detector-untrained")]
    public void What_has_nothing_to_train_says_why(SensorKind kind, string code)
    {
        using var desk = new DetectorDesk();
        var registry = Tests.Registry.Some.Registry(Tests.Registry.Some.Draft("s-1", kind: kind));
        var answers = new[]
        {
            DetectorEndpoints.Train(new DefaultHttpContext(), "s-1", registry, desk.Detectors, null!, TimeProvider.System),
            DetectorEndpoints.Rollback(new DefaultHttpContext(), "s-1", registry, desk.Detectors, _detectors, null!),
        };
        Assert.All(answers, answer => Assert.Equal(Problem.TypePrefix + code, Assert.IsType<ProblemHttpResult>(answer).ProblemDetails.Type));
    }

    [Fact]
    public void Every_state_and_shortage_has_a_text_in_both_languages()
    {
        string[] keys =
        [
            .. new[] { "not-trained", "warming-up", "watching", "too-few-metrics", "elsewhere" }.Select(s => $"detector.state.{s}"),
            .. new[] { "untried", "failed", "readings", "hours", "live-metrics", "windows", "left-out" }.Select(s => $"detector.missing.{s}"),
            "detector.warm-up", "rule.novelty-level", "rule.novelty-flow", "rule.water-quality-anomaly", "rule.pipe-anomaly",
            .. new[] { "none", "untrained", "retired", "no-earlier" }.SelectMany(s => new[] { $"problem.detector-{s}.title", $"problem.detector-{s}.detail" }),
        ];
        foreach (var language in new[] { TextBook.Chinese, TextBook.English }) Assert.Empty(keys.Except(TextBook.Keys(language)));
    }

    private DetectorView View() =>
        DetectorViews.ViewOf("wq-1", TextBook.Chinese, _detectors.Of("wq-1"), _store, queued: false, new TrainingOptions());
}
