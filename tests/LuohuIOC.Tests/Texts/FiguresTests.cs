using LuohuIOC.Alerts;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Texts;

public sealed class FiguresTests
{
    [Theory]
    [InlineData("waterlogging", "depth", 0.5368, "54 cm")]
    [InlineData("waterlogging", "depth", 0.145, "15 cm")]
    [InlineData("river", "level", 1.5, "1.50 m")]
    [InlineData("outfall", "flow", 0.0347, "0.035 m³/s")]
    [InlineData("outfall", "flow", 0.0, "0.000 m³/s")]
    [InlineData("water_quality", "total_phosphorus", 0.0253, "0.025 mg/L")]
    [InlineData("generic", "x", 1.23456, "1.235")]
    [InlineData("river", "level", double.NaN, "–")]
    [InlineData("river", "level", 1e300, "1E+300 m")]
    public void A_figure_has_the_digits_of_its_metric_and_depths_are_centimetres(string kind, string metric, double value, string text) =>
        Assert.Equal(text, Figures.Of(TextBook.Chinese, kind, metric, value));

    [Fact]
    public void An_interval_names_its_unit_once()
    {
        Assert.Equal("10–35 cm", Figures.Between(TextBook.Chinese, "waterlogging", "depth", 0.1, 0.35));
        Assert.Equal("10 to 35 cm", Figures.Between(TextBook.English, "waterlogging", "depth", 0.1, 0.35));
    }

    [Fact]
    public void Rain_that_is_not_known_has_no_unit() => Assert.Contains(
        "近 15 分钟周边雨量 12.5 mm，近 1 小时不明。",
        EvidenceWords.Of(TextBook.Chinese, "waterlogging", "depth", 0.22, 0.15, """{"nowcast":{"minutes":30,"expected":0.22,"low":0.1,"high":0.35,"crossingMinutes":18,"rain15":12.5,"rain60":null}}"""));
}
