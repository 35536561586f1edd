using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Things;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Things;

public sealed class FireDetectorsTests
{
    // Two smoke detectors 41 m apart, a heat detector beside the first, and one a kilometre away.
    private static readonly CitySensor[] Sensors =
    [
        Sensor("origin", SensorKind.Smoke, 114.1300), Sensor("neighbour", SensorKind.Smoke, 114.1304),
        Sensor("heat", SensorKind.Heat, 114.1300), Sensor("far", SensorKind.Smoke, 114.1400),
    ];

    [Fact]
    public void A_fire_alarms_where_it_burns_then_next_door_and_ends()
    {
        var fires = new FireDetectors(Sensors, 0, 1);
        fires.Ignite(0, TimeSpan.Zero);
        var first = new TimeSpan?[Sensors.Length];
        for (var seconds = 10; seconds < 3600; seconds += 10)
        {
            fires.Step(Moment(seconds));
            for (var i = 0; i < Sensors.Length; i++)
                if (first[i] is null && Alarm(fires, i) == 1) first[i] = TimeSpan.FromSeconds(seconds);
        }
        Assert.InRange(first[0]!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));
        Assert.True(first[1] > first[0] + TimeSpan.FromMinutes(1), $"{first[1]} after {first[0]}");
        Assert.NotNull(first[2]);
        Assert.Null(first[3]);
        Assert.Empty(fires.Burning);
        Assert.All(Enumerable.Range(0, Sensors.Length), i => Assert.Equal(0, Alarm(fires, i)));
    }

    [Fact]
    public void Steam_never_alarms_and_fires_come_at_their_rate()
    {
        var quiet = new FireDetectors(Sensors, 0, 1);
        var burning = new FireDetectors(Sensors, 24, 1);
        var (burns, before) = (0, 0);
        for (var seconds = 10; seconds < 20 * 86400; seconds += 10)
        {
            quiet.Step(Moment(seconds));
            burning.Step(Moment(seconds));
            for (var i = 0; i < Sensors.Length && seconds % 600 == 0; i++) Assert.Equal(0, Alarm(quiet, i));
            burns += Math.Max(0, burning.Burning.Count - before);
            before = burning.Burning.Count;
        }
        Assert.InRange(burns, 400, 560);
    }

    private static double Alarm(FireDetectors fires, int index)
    {
        var values = new double[3];
        fires.Read(index, values);
        return values[1];
    }

    private static CityMoment Moment(int seconds) =>
        new(TimeSpan.FromSeconds(seconds), TestCity.Start.AddSeconds(seconds), TimeSpan.FromSeconds(10), 0, []);

    private static CitySensor Sensor(string id, SensorKind kind, double longitude) => new(id, kind, id, "", longitude, 22.56, "gw", null);
}
