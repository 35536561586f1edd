using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Tests.Simulator;

/// <summary>A city of the district's size and shape: pipes flow to the nearest lower pipe or outfall, each waterlogging point to its pipe.</summary>
internal static class TestCity
{
    public static readonly DateTimeOffset Start = new(2026, 9, 7, 17, 0, 0, TimeSpan.FromHours(8));

    public static IReadOnlyList<CitySensor> Sensors(int seed = 440303, int detectors = 40)
    {
        var random = new Seeded(seed, "test city");
        var sensors = new List<CitySensor>();
        (double, double) Anywhere() => (random.Between(114.095, 114.175), random.Between(22.538, 22.600));
        void Add(SensorKind kind, int number, (double Longitude, double Latitude) at, string? downstream) =>
            sensors.Add(new CitySensor(
                $"{KindCatalogue.Of(kind).Name}-{number:000}", kind, $"{kind} {number}", at.Longitude > 114.145 && at.Latitude > 22.56 ? "东湖街道" : "桂园街道",
                at.Longitude, at.Latitude, $"gw-{(number % 5) + 1}", downstream));

        for (var i = 1; i <= 170; i++) Add(SensorKind.Outfall, i, (random.Between(114.095, 114.175), 22.537 + (random.Below(4) * 0.018)), null);
        var outfalls = sensors.ToArray();
        for (var i = 1; i <= 100; i++) Add(SensorKind.Pipe, i, Anywhere(), null);
        double Height(CitySensor s) => outfalls.Min(o => Distance(o, s));
        var pipes = sensors.Skip(170).OrderBy(Height).ToArray();
        for (var i = 0; i < pipes.Length; i++)
        {
            var next = pipes.Take(i).Concat(outfalls).MinBy(s => Distance(s, pipes[i]))!;
            sensors[sensors.IndexOf(pipes[i])] = pipes[i] with { Downstream = next.Id };
        }
        for (var i = 1; i <= 21; i++)
            Add(SensorKind.Waterlogging, i, (pipes[i * 4].Longitude + 0.0005, pipes[i * 4].Latitude), pipes[i * 4].Id);
        foreach (var (kind, count) in new[]
        {
            (SensorKind.RainGauge, 20), (SensorKind.River, 6), (SensorKind.Reservoir, 2), (SensorKind.Tide, 1), (SensorKind.WaterQuality, 11),
            (SensorKind.Slope, 20), (SensorKind.Smoke, detectors), (SensorKind.Heat, detectors), (SensorKind.Parking, detectors),
            (SensorKind.Gas, 10), (SensorKind.Charger, 10), (SensorKind.Manhole, 10),
        })
            for (var i = 1; i <= count; i++) Add(kind, i, Anywhere(), null);
        return sensors;
    }

    public static CityModel Chicago(double returnPeriod, int seed = 1) => new(
        Sensors(), new CityOptions { Start = Start, Seed = seed, Storm = StormKind.Chicago, ReturnPeriodYears = returnPeriod, StormDelay = TimeSpan.Zero });

    private static double Distance(CitySensor a, CitySensor b) =>
        Math.Sqrt(Math.Pow((a.Longitude - b.Longitude) * 0.92, 2) + Math.Pow(a.Latitude - b.Latitude, 2));
}
