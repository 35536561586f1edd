using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public sealed class NearestSensorsTests
{
    /// <summary>Against looking at every one; on a coarse grid many are equally far, and many stand at one place.</summary>
    [Fact]
    public void The_nearest_are_those_of_a_look_at_all() =>
        Gen.Select(Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[1, 60], Gen.Select(Gen.Int[-2, 11], Gen.Int[-2, 11]), Gen.Int[1, 20]).Sample((places, at, count) =>
        {
            var all = places.Select((place, number) => At(number, PlaceOf(place))).ToList();
            var here = PlaceOf(at);
            var index = new NearestSensors(all);

            Assert.Equal(all.OrderBy(g => here.MetresTo(g.Place!.Value)).ThenBy(g => g.Number).Take(count).Select(g => g.Number), index.Nearest(here, count).Select(n => n.Number));
            Assert.Equal(index.Nearest(here, 1)[0].Number, index.Nearest(here));
        });

    private static GeoPoint PlaceOf((int East, int North) place) => new(114.1 + place.East / 100.0, 22.5 + place.North / 100.0);

    private static Sensor At(int number, GeoPoint place) => new()
    {
        Number = number,
        Id = $"rain-{number}",
        Kind = SensorKind.RainGauge,
        Name = "雨量计",
        Street = "",
        Longitude = place.Longitude,
        Latitude = place.Latitude,
        Gateway = "gw-1",
        Layout = MetricLayout.Of(SensorKind.RainGauge),
    };
}
