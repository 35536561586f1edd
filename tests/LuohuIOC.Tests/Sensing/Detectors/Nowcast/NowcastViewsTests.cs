using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class NowcastViewsTests
{
    [Fact]
    public void Sentences_say_depths_in_centimetres_as_the_wall_does()
    {
        var (view, english) = Views("point", [new NowcastValue(15, 0.124, 0.08, 0.2), new NowcastValue(30, 0.31, 0.1, 0.5537)], 0.15, new NowcastValue(15, 0.05, 0.02, 0.09));
        Assert.Equal("预计 30 分钟后积水 31 cm（10–55 cm），约 17 分钟后达到 15 cm", view.Text);
        Assert.Equal("实测 10 cm，高于 15 分钟前的预报 5 cm（2–9 cm）。", view.Residual!.Text);
        Assert.Equal("Water expected 31 cm deep (10 to 55 cm) in 30 minutes; 15 cm is reached in about 17 minutes", english.Text);
        Assert.Equal("10 cm now, above the forecast of 15 minutes ago: 5 cm (2 to 9 cm).", english.Residual!.Text);
        Assert.Equal((0.31, 0.15), (view.Horizons[1].Value, view.Threshold));
    }

    [Fact]
    public void Levels_stay_in_metres()
    {
        var (view, english) = Views("pipe", [new NowcastValue(30, 0.8, 0.7, 1.25)], 1.2, new NowcastValue(15, 0.1, 0, 0.2));
        Assert.Equal("预计 30 分钟后水位 0.80 m（0.70–1.25 m），有可能达到 1.20 m", view.Text);
        Assert.Equal("实测 0.10 m，与 15 分钟前的预报 0.10 m（0.00–0.20 m）相符。", view.Residual!.Text);
        Assert.Equal("Level expected at 0.80 m (0.70 to 1.25 m) in 30 minutes; it may reach 1.20 m", english.Text);
    }

    private static (NowcastView Chinese, NowcastView English) Views(string id, NowcastValue[] values, double threshold, NowcastValue then)
    {
        var desk = new ForecastDesk();
        Assert.True(desk.Registry.TryFind(id, out var sensor));
        var board = new NowcastBoard();
        board.Show(new Dictionary<int, StationNowcast>
        {
            [sensor.Number] = new(0, 0.1, values, NowcastSilence.None, threshold, 12, 20, null) { Residual = NowcastResidual.Of(then, 0.1, 0.01) },
        });
        // A list of all has no training, for which alone models and their job are asked.
        var views = new NowcastViews(desk.Registry, board, null!, null!, new NowcastSettings());
        return (Assert.Single(views.All(TextBook.Chinese).Items), Assert.Single(views.All(TextBook.English).Items));
    }
}
