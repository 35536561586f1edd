using System.Text.Json;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Tests.Sensing.Rain;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

/// <summary>An outfall's novelty in rain and without.</summary>
public sealed class RainCoverTests : IDisposable
{
    private readonly RainDesk _rain = new();
    private readonly DetectorDesk _desk;
    private readonly SensorDetector _detector;

    public RainCoverTests()
    {
        _desk = new DetectorDesk { Rain = _rain.Around };
        _desk.Open();
        _detector = _desk.Detectors.For(_rain["outfall"])!;
    }

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void In_dry_weather_a_strange_rise_is_raised()
    {
        Dry(700);
        Show(4);
        Assert.NotEmpty(_desk.Changes);
        using var evidence = JsonDocument.Parse(_desk.Changes[0].Evidence!);
        Assert.False(evidence.RootElement.GetProperty("rain").GetProperty("wet").GetBoolean());
    }

    [Fact]
    public void The_same_rise_in_rain_is_scored_kept_on_the_board_and_not_raised()
    {
        Dry(700);
        _rain.Fall(_desk.NowMs, 20, "A", "B", "C");
        Show(4);
        Assert.Empty(_desk.Changes);
        var view = View();
        Assert.True(view.Rain!.Wet && view.Rain.HeldBack > 0 && view.Rain.LastScore >= view.Threshold.Value);
        Assert.NotNull(view.Rain.LastHeldAt);
        Assert.Contains("A fall below all of dry weather still is", view.Rain.Text);
        Assert.True(view.Rain.FallsBelow["level"] < view.Last!.Expected["level"]);
    }

    [Fact]
    public void Before_a_day_of_dry_weather_nothing_is_promised_of_falls()
    {
        Assert.Contains("No usable reading", View().Rain!.Text);
        Dry(200);
        _rain.Fall(_desk.NowMs, 20, "A", "B", "C");
        Show(4);
        var rain = View().Rain!;
        Assert.True(rain.Wet);
        Assert.Contains("no fall can be told yet", rain.Text);
        Assert.Null(rain.FallsBelow["level"]);
    }

    [Fact]
    public void A_fall_below_all_of_dry_weather_is_raised_in_rain_too_also_after_a_restart()
    {
        Dry(700);
        _detector.Keep();
        var again = _desk.Detectors.For(_rain["outfall"], _detector.State)!;
        _rain.Fall(_desk.NowMs, 20, "A", "B", "C");
        for (var i = 0; i < 4; i++) _desk.Level(again, 0.1);
        Assert.Equal("novelty-level", Assert.Single(_desk.Changes).Rule);
    }

    /// <summary>A rise that was held back is the episode's peak; the fall behind it is no stranger than that, and no rain takes water away.</summary>
    [Fact]
    public void A_fall_is_raised_behind_a_rise_that_was_held_back()
    {
        Dry(700);
        _rain.Fall(_desk.NowMs, 20, "A", "B", "C");
        _desk.Level(_detector, 8);
        var held = View();
        Assert.True(held.Rain!.HeldBack > 0);
        Assert.Empty(_desk.Changes);
        for (var i = 0; i < 4 && _desk.Changes.Count == 0; i++) _desk.Level(_detector, held.Rain.FallsBelow["level"]!.Value - 0.01);
        Assert.Equal("novelty-level", Assert.Single(_desk.Changes).Rule);
    }

    [Fact]
    public void An_alert_that_was_open_when_the_rain_began_stays_and_ends_as_ever()
    {
        Dry(700);
        Show(4);
        _rain.Fall(_desk.NowMs, 20, "A", "B", "C");
        Dry(100);
        Assert.Null(_desk.Changes[^1].Severity);
    }

    private void Dry(int readings)
    {
        for (var i = 0; i < readings; i++)
        {
            if (i % 12 == 0) _rain.Fall(_desk.NowMs, 0, "A", "B", "C", "D");
            _desk.Level(_detector, _desk.Level());
        }
    }

    private void Show(double metres)
    {
        for (var i = 0; i < 4; i++) _desk.Level(_detector, metres + (i * 0.3));
    }

    private StreamView View() => _desk.Views.Of(_rain["outfall"], TextBook.English).Single(v => v.Rule == "novelty-level");
}
