using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Texts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

/// <summary>What the streaming detectors tell officers: which metric, which figures, and what they do not look at.</summary>
public sealed class StreamSayingsTests : IDisposable
{
    private const byte Ph = 1, Ammonia = 4;
    private const int QuarterMs = 900_000;

    private static readonly Serializer<DetectorState> Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<DetectorState>>();

    private readonly DetectorDesk _desk = new();
    private readonly Sensor _station = Some.Station(SensorKind.WaterQuality, "wq-9");

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_alert_ends_with_the_metric_that_it_was_raised_for(bool restarted)
    {
        var detector = _desk.Detectors.For(_station)!;
        _desk.Rows(detector, 500);
        _desk.Rows(detector, 40, ammonia: 3);
        var raised = _desk.Changes[0];
        Assert.Equal("ammonia_nitrogen", raised.Metric);
        if (restarted) detector = Restarted(detector);
        // Back to the ordinary row by row, the pH restless: it is what the last row's score is made of.
        for (var i = 0; _desk.Changes[^1].Severity is not null && i < 400; i++)
            detector.Observe(_desk.NowMs += QuarterMs, [Ph, Ammonia], [i % 2 == 0 ? 7.42 : 7.68, 1.05], _desk.Changes);
        var ended = _desk.Changes[^1];
        Assert.Equal((null, "ammonia_nitrogen", 1.05), (ended.Severity, ended.Metric, ended.Value));
    }

    [Fact]
    public void What_is_expected_is_told_as_finely_as_it_is_measured()
    {
        var reservoir = Some.Station(SensorKind.Reservoir, "rs-1");
        var detector = _desk.Detectors.For(reservoir)!;
        for (var i = 0; i < 600; i++) _desk.Level(detector, 141.74 + _desk.Level());
        for (var i = 0; i < 4; i++) _desk.Level(detector, 145 + i);
        using var evidence = JsonDocument.Parse(_desk.Changes[0].Evidence!);
        Assert.InRange(evidence.RootElement.GetProperty("expected").GetProperty("level").GetDouble(), 143.24, 143.26);
    }

    [Fact]
    public void Of_a_metric_that_never_came_nothing_is_expected()
    {
        var detector = _desk.Detectors.For(_station)!;
        _desk.Rows(detector, 500);
        _desk.Rows(detector, 20, ammonia: 3);
        var expected = View().Last!.Expected;
        Assert.Null(expected["turbidity"]);
        Assert.NotNull(expected["ph"]);
        using var evidence = JsonDocument.Parse(_desk.Changes[0].Evidence!);
        Assert.Equal(JsonValueKind.Null, evidence.RootElement.GetProperty("expected").GetProperty("turbidity").ValueKind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_metric_that_comes_no_more_is_said_not_to_be_watched(bool restarted)
    {
        var detector = _desk.Detectors.For(_station)!;
        _desk.Rows(detector, 500);
        Assert.DoesNotContain(View().Unwatched, u => u.Metric == "ammonia_nitrogen");
        var hours = 0;
        for (; hours < 25; hours++) PhAlone();
        Assert.DoesNotContain(View().Unwatched, u => u.Metric == "ammonia_nitrogen");
        if (restarted) detector = Restarted(detector);
        for (; hours < 27; hours++) PhAlone();
        var missing = Assert.Single(View().Unwatched, u => u.Metric == "ammonia_nitrogen");
        Assert.Equal("missing", missing.Reason);
        Assert.Contains("氨氮", missing.Text);
        _desk.Rows(detector, 1);
        Assert.DoesNotContain(View().Unwatched, u => u.Metric == "ammonia_nitrogen");

        void PhAlone()
        {
            for (var i = 0; i < 4; i++) detector.Observe(_desk.NowMs += QuarterMs, [Ph], [7.5 + (i * 0.02)], _desk.Changes);
        }
    }

    [Fact]
    public void A_single_metric_that_comes_no_more_is_said_not_to_be_watched_while_the_other_goes_on()
    {
        var outfall = Some.Station(SensorKind.Outfall, "of-1");
        var detector = _desk.Detectors.For(outfall)!;
        for (var i = 0; i < 300; i++) detector.Observe(_desk.NowMs += QuarterMs, [0, 1], [_desk.Level(), 1 + _desk.Level()], _desk.Changes);
        for (var i = 0; i < 27 * 4; i++) detector.Observe(_desk.NowMs += QuarterMs, [0], [_desk.Level()], _desk.Changes);
        var views = _desk.Views.Of(outfall, TextBook.English);
        Assert.Empty(views.Single(v => v.Rule == "novelty-level").Unwatched);
        Assert.Equal(("flow", "missing"), views.Single(v => v.Rule == "novelty-flow").Unwatched.Select(u => (u.Metric, u.Reason)).Single());
        detector.Observe(_desk.NowMs += QuarterMs, [0, 1], [_desk.Level(), 1 + _desk.Level()], _desk.Changes);
        Assert.Empty(_desk.Views.Of(outfall, TextBook.English).Single(v => v.Rule == "novelty-flow").Unwatched);
    }

    [Fact]
    public void Metrics_are_named_as_people_name_them()
    {
        var detector = _desk.Detectors.For(_station)!;
        _desk.Rows(detector, 420);
        Assert.StartsWith("指标“浊度”", View().Unwatched.Single(u => u.Metric == "turbidity").Text);
    }

    [Fact]
    public void A_stream_that_has_never_changed_is_not_said_to_be_some_readings_short()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        for (var i = 0; i < 5_000; i++) _desk.Level(detector, 0.03);
        var view = Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.Chinese));
        Assert.StartsWith("读数从未变化", view.StateText);
        _desk.Levels(detector, 2);
        Assert.StartsWith("预热中", Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.Chinese)).StateText);
    }

    [Fact]
    public void After_a_start_a_detector_waits_for_its_next_reading_and_is_not_said_to_warm_up()
    {
        var view = Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.Chinese));
        Assert.Equal(("warming-up", null), (view.State, view.WarmUpLeft));
        Assert.Equal("主机启动后本站尚无新读数，收到后继续判断。", view.StateText);
    }

    private StreamView View() => Assert.Single(_desk.Views.Of(_station, TextBook.Chinese));

    private SensorDetector Restarted(SensorDetector detector)
    {
        detector.Keep();
        var stored = Serializer.SerializeToArray(detector.State);
        detector.Drop();
        _desk.Open();
        return _desk.Detectors.For(_station, Serializer.Deserialize(stored))!;
    }
}
