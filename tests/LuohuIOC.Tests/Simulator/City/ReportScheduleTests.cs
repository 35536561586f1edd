using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using Xunit;

namespace LuohuIOC.Tests.Simulator.City;

public sealed class ReportScheduleTests
{
    private static readonly DateTimeOffset Start = TestCity.Start;
    private static readonly CitySensor[] Sensors =
        [Sensor("w", SensorKind.Waterlogging), Sensor("s", SensorKind.Smoke), Sensor("p", SensorKind.Pipe)];

    [Fact]
    public void First_reports_come_within_a_minute_and_then_by_the_interval()
    {
        var schedule = new ReportSchedule(Sensors, 1, null, 1, Start);
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(schedule.Due(i, Start.AddMinutes(1))));
        schedule.Reported(2, [0.1, 0.1, 50, -80], Start.AddMinutes(1));
        Assert.False(schedule.Due(2, Start.AddSeconds(119)));
        Assert.True(schedule.Due(2, Start.AddSeconds(120)));
    }

    [Fact]
    public void Faster_physics_reports_more_often_but_not_without_end()
    {
        var schedule = new ReportSchedule(Sensors, 1000, null, 1, Start);
        schedule.Reported(2, [0.1, 0.1, 50, -80], Start);
        Assert.False(schedule.Due(2, Start.AddSeconds(1.9)));
        Assert.True(schedule.Due(2, Start.AddSeconds(2)));
    }

    [Fact]
    public void The_interval_asked_for_is_for_water_only()
    {
        var schedule = new ReportSchedule(Sensors, 1, TimeSpan.FromSeconds(5), 1, Start);
        schedule.Reported(2, [0.1, 0.1, 50, -80], Start);
        schedule.Reported(1, [0.1, 0, 0, 50, -80], Start);
        Assert.True(schedule.Due(2, Start.AddSeconds(5)));
        Assert.False(schedule.Due(1, Start.AddSeconds(5)));
    }

    [Fact]
    public void Alarms_and_rising_water_do_not_wait()
    {
        var schedule = new ReportSchedule(Sensors, 1, null, 1, Start);
        Assert.False(schedule.Changed(0, [0.5, 50, -80]));
        schedule.Reported(0, [0.10, 50, -80], Start);
        schedule.Reported(1, [0.1, 0, 0, 50, -80], Start);
        Assert.False(schedule.Changed(0, [0.14, 50, -80]));
        Assert.True(schedule.Changed(0, [0.15, 50, -80]));
        Assert.True(schedule.Changed(0, [0.04, 50, -80]));
        Assert.False(schedule.Changed(1, [2.0, 0, 0, 50, -80]));
        Assert.True(schedule.Changed(1, [6.0, 1, 0, 50, -80]));
        Assert.False(schedule.Watched(2));
    }

    private static CitySensor Sensor(string id, SensorKind kind) => new(id, kind, id, "", 114.13, 22.56, "gw", null);
}
