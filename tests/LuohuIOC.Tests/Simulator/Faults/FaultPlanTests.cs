using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Faults;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Faults;

public sealed class FaultPlanTests
{
    private static readonly DateTimeOffset Start = TestCity.Start;

    [Fact]
    public void About_the_promised_share_is_faulty_at_any_time()
    {
        var sensors = TestCity.Sensors(detectors: 1000);
        var plan = new FaultPlan(sensors, 1, Start);
        var small = new List<double>();
        var large = new List<double>();
        for (var hour = 1; hour < 200; hour++)
        {
            var faulty = Enumerable.Range(0, sensors.Count).Where(i => plan.At(i, Start.AddHours(hour)) is not null).Select(i => sensors[i].Kind).ToArray();
            large.Add(faulty.Count(k => k == SensorKind.Smoke) / 1000.0);
            small.Add(faulty.Count(k => k == SensorKind.Outfall) / 170.0);
        }
        Assert.InRange(small.Average(), 0.015, 0.025);
        Assert.InRange(large.Average(), 0.003, 0.005);
    }

    [Fact]
    public void Every_kind_of_fault_begins_once_and_is_then_in_force()
    {
        var sensors = TestCity.Sensors();
        var plan = new FaultPlan(sensors, 1, Start);
        var begun = new List<SensorFault>();
        for (var minute = 0; minute < 600; minute++)
        {
            var now = Start.AddMinutes(minute);
            foreach (var fault in plan.Begun(now))
            {
                begun.Add(fault);
                Assert.Same(fault, plan.At(fault.Sensor, now));
                Assert.True(fault.From <= now && now < fault.Until);
            }
        }
        Assert.Equal(begun.Count, begun.Distinct().Count());
        Assert.Equal(Enum.GetValues<FaultKind>(), begun.Select(f => f.Kind).Distinct().Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_faults()
    {
        var sensors = TestCity.Sensors();
        SensorFault?[] Faults(int seed)
        {
            var plan = new FaultPlan(sensors, seed, Start);
            return [.. Enumerable.Range(0, sensors.Count).Select(i => plan.At(i, Start.AddHours(5)))];
        }
        Assert.Equal(Faults(1), Faults(1));
        Assert.NotEqual(Faults(1), Faults(2));
    }
}
