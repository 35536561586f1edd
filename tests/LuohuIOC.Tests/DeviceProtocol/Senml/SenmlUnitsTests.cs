using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Senml;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Senml;

public sealed class SenmlUnitsTests
{
    [Theory]
    [InlineData("m", "m", 0.1, 0.1)]
    [InlineData("cm", "m", 35, 0.35)]
    [InlineData("mm", "m", 310, 0.31)]
    [InlineData("dm", "m", 3.1, 0.31)]
    [InlineData("km", "m", 0.02, 20)]
    [InlineData("m", "mm", 0.0125, 12.5)]
    [InlineData("K", "Cel", 295.3, 22.15)]
    [InlineData("/", "%", 0.92, 92)]
    [InlineData("%EL", "%", 92, 92)]
    [InlineData("mV", "V", 380_000, 380)]
    [InlineData("mS/cm", "uS/cm", 0.52, 520)]
    [InlineData("S/m", "uS/cm", 0.052, 520)]
    [InlineData("m3/h", "m3/s", 3600, 1)]
    [InlineData("l/s", "m3/s", 250, 0.25)]
    [InlineData("km/h", "m/s", 3.6, 1)]
    [InlineData("ug/l", "mg/L", 120, 0.12)]
    [InlineData("rad", "deg", Math.PI / 2, 90)]
    [InlineData("dBW", "{dBm}", -110, -80)]
    [InlineData("A", "mA", 0.03, 30)]
    public void A_value_in_another_unit_of_its_quantity(string from, string to, double value, double expected)
    {
        Assert.True(SenmlUnits.TryConvert(from, to, ref value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("V", "m")]
    [InlineData("furlong", "m")]
    [InlineData("M", "m")]
    [InlineData("%LEL", "%")]
    [InlineData("ppm", "%{LEL}")]
    public void What_is_no_unit_of_the_metric_converts_nothing(string from, string to)
    {
        var value = 3.5;
        Assert.False(SenmlUnits.TryConvert(from, to, ref value));
        Assert.Equal(3.5, value);
    }

    [Fact]
    public void Every_unit_of_the_catalogue_has_its_row() =>
        Assert.Empty(KindCatalogue.All.SelectMany(k => k.Metrics).Select(m => m.Unit).Distinct().Except(SenmlUnits.Targets));
}
