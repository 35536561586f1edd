using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class RegistryOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.Null(FaultOf(_ => { }));

    [Theory]
    [InlineData("waterlogging", 22, "waterlogging")]
    [InlineData("teapot", 1, "teapot")]
    [InlineData("smoke", -1, "smoke")]
    [InlineData("smoke", 2_000_000, "SensorsMax")]
    public void A_count_that_cannot_be_is_named(string kind, int count, string named) =>
        Assert.Contains(named, FaultOf(o => o.Counts[kind] = count));

    [Fact]
    public void Limits_have_limits()
    {
        Assert.Contains("SensorsMax", FaultOf(o => o.SensorsMax = 0));
        Assert.Contains("ImportBytesMax", FaultOf(o => o.ImportBytesMax = 0));
        Assert.Contains("FlushEvery", FaultOf(o => o.FlushEvery = TimeSpan.Zero));
    }

    private static string? FaultOf(Action<RegistryOptions> change)
    {
        var options = new RegistryOptions();
        change(options);
        return new RegistryOptionsCheck().Validate(null, options).FailureMessage;
    }
}
