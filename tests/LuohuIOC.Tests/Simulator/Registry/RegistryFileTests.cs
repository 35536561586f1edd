using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Registry;

public sealed class RegistryFileTests
{
    private const string Header = "id,kind,name,street,community,longitude,latitude,gateway,installed_on,synthetic,downstream,retired_at,more";

    [Fact]
    public void A_row_of_the_export_becomes_a_sensor()
    {
        var sensor = Assert.Single(Read("""pipe-1,pipe,"布心路 ""东"", 1 号",东湖街道,布心,114.13,22.57,gw-1,2024-05-01,true,outfall-3,,x"""));
        Assert.Equal(new CitySensor("pipe-1", SensorKind.Pipe, "布心路 \"东\", 1 号", "东湖街道", 114.13, 22.57, "gw-1", "outfall-3"), sensor);
    }

    [Fact]
    public void Retired_sensors_are_left_out() =>
        Assert.Empty(Read("pipe-1,pipe,a,,,114.13,22.57,gw-1,,,,2025-01-01T00:00:00+08:00,"));

    [Theory]
    [InlineData("pipe-1,drain,a,,,114.13,22.57,gw-1,,,,,", "input.row.kind")]
    [InlineData("pipe-1,pipe,a,,,east,22.57,gw-1,,,,,", "input.row.position")]
    [InlineData("pipe-1,pipe,a,,,114.13,22.57,,,,,,", "input.row.empty")]
    public void A_row_that_cannot_be_read_is_named(string row, string key)
    {
        var refused = Assert.Throws<InputException>(() => Read(row));
        Assert.Equal(key, refused.Key);
        Assert.Equal("r.csv:2", refused.Arguments[0]);
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        using var reader = new StringReader("id,kind,longitude,latitude");
        Assert.Equal(["r.csv", "gateway"], Assert.Throws<InputException>(() => RegistryFile.Read(reader, "r.csv")).Arguments);
    }

    private static IReadOnlyList<CitySensor> Read(string row)
    {
        using var reader = new StringReader($"{Header}\n{row}\n");
        return RegistryFile.Read(reader, "r.csv");
    }
}
