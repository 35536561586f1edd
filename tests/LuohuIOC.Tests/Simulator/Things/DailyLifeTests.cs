using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Things;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Things;

/// <summary>What the city does of itself, seen through its readings over days and through a storm.</summary>
public sealed class DailyLifeTests
{
    [Fact]
    public void Bays_fill_as_the_hour_says()
    {
        Assert.True(ParkingBays.Share(residential: true, 2, weekend: false) > ParkingBays.Share(residential: true, 14, weekend: false) + 0.3);
        Assert.True(ParkingBays.Share(residential: false, 14, weekend: false) > ParkingBays.Share(residential: false, 3, weekend: false) + 0.6);

        var bays = new ParkingBays(TestCity.Sensors(detectors: 2000).Where(s => s.Kind == SensorKind.Parking), 1);
        var occupied = new Dictionary<int, double>();
        var values = new double[2];
        // A Monday and a Tuesday, from 17:00 on.
        for (var minutes = 1; minutes <= 2 * 1440; minutes++)
        {
            var moment = Moment(TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(1), []);
            bays.Step(moment);
            if (moment.Local.Minute != 0) continue;
            occupied[(int)moment.Hour] = Enumerable.Range(0, 2000).Count(i =>
            {
                bays.Read(i, values);
                return values[0] == 1;
            }) / 2000.0;
        }
        // 45 % of the bays are near homes.
        double Expected(int hour) => (0.45 * ParkingBays.Share(true, hour, false)) + (0.55 * ParkingBays.Share(false, hour, false));
        Assert.InRange(occupied[14], Expected(14) - 0.1, Expected(14) + 0.1);
        Assert.InRange(occupied[3], Expected(3) - 0.1, Expected(3) + 0.1);
    }

    [Fact]
    public void The_first_flush_dirties_the_water_and_passes()
    {
        var model = TestCity.Chicago(20);
        var before = Mean(model, SensorKind.WaterQuality, 6);
        var oxygen = Mean(model, SensorKind.WaterQuality, 2);
        model.AdvanceTo(TimeSpan.FromMinutes(60));
        Assert.True(Mean(model, SensorKind.WaterQuality, 6) > before + 100);
        Assert.True(Mean(model, SensorKind.WaterQuality, 2) < oxygen - 0.5);
        model.AdvanceTo(TimeSpan.FromHours(24));
        Assert.InRange(Mean(model, SensorKind.WaterQuality, 6), before * 0.7, before * 1.5);
    }

    [Fact]
    public void Oxygen_and_temperature_go_with_the_day()
    {
        var model = new CityModel(TestCity.Sensors(), new CityOptions { Start = TestCity.Start });
        model.AdvanceTo(TimeSpan.FromHours(10));
        var night = (Temperature: Mean(model, SensorKind.WaterQuality, 0), Oxygen: Mean(model, SensorKind.WaterQuality, 2));
        model.AdvanceTo(TimeSpan.FromHours(22));
        Assert.True(Mean(model, SensorKind.WaterQuality, 0) > night.Temperature + 1);
        Assert.True(Mean(model, SensorKind.WaterQuality, 2) > night.Oxygen + 1.5);
    }

    [Fact]
    public void Slopes_creep_more_when_soaked_and_reservoirs_and_rivers_rise()
    {
        var dry = new CityModel(TestCity.Sensors(), new CityOptions { Start = TestCity.Start });
        var wet = new CityModel(TestCity.Sensors(), new CityOptions { Start = TestCity.Start, Storm = StormKind.September2023, StormDelay = TimeSpan.Zero });
        dry.AdvanceTo(TimeSpan.FromHours(8));
        wet.AdvanceTo(TimeSpan.FromHours(8));
        Assert.True(Mean(wet, SensorKind.Reservoir, 0) > Mean(dry, SensorKind.Reservoir, 0) + 0.2);
        Assert.True(Mean(wet, SensorKind.River, 0) > Mean(dry, SensorKind.River, 0) + 0.3);
        wet.AdvanceTo(TimeSpan.FromHours(30));
        dry.AdvanceTo(TimeSpan.FromHours(30));
        Assert.True(Mean(wet, SensorKind.Slope, 0) > Mean(dry, SensorKind.Slope, 0) + 1);
    }

    private static double Mean(CityModel model, SensorKind kind, int slot)
    {
        var values = new double[16];
        return Enumerable.Range(0, model.Sensors.Count).Where(i => model.Sensors[i].Kind == kind).Average(i =>
        {
            model.Read(i, values, withHealth: false);
            return values[slot];
        });
    }

    private static CityMoment Moment(TimeSpan elapsed, TimeSpan step, double[] rain) => new(elapsed, TestCity.Start + elapsed, step, 0, rain);
}
