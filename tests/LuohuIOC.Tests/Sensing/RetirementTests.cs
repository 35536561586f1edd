using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class RetirementTests
{
    [Fact]
    public void What_a_retired_sensor_holds_ends_and_back_in_service_its_silence_is_told_anew()
    {
        var sensor = new Watched(SensorKind.Smoke);
        sensor.Read(0, ("alarm", 1));
        var silent = sensor.Tick(0);
        sensor.Tick(silent + 10);
        Assert.Equal(2, sensor.Changes.Count(c => c.Severity is not null));

        SensorEvaluator.Retire(sensor.State, sensor.Rules, sensor.Sensor, Watched.At(silent + 100), sensor.Changes);
        Assert.Equal(["offline", "smoke-alarm"], sensor.Changes.Where(c => c.Severity is null).Select(c => c.Rule).Order());
        // No measurement ended them, and nobody may read it so.
        Assert.All(sensor.Changes.Where(c => c.Severity is null), c => Assert.Equal("""{"ruleChange":"retired"}""", c.Evidence));

        var again = sensor.Tick(silent + 200);
        sensor.Tick(again + 10);
        var told = sensor.Changes.Where(c => c.Rule == "offline" && c.Severity is not null).Select(c => c.ObservedMs).ToArray();
        Assert.Equal(2, told.Length);
        Assert.True(told[1] > told[0], "The second silence is known by the same time as the first.");
    }
}
