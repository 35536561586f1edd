using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Things;

/// <summary>
/// Water-quality stations: daily waves of temperature, pH and oxygen, the year's temperature, and the first flush: dirt that gathered on dry
/// streets washes off with the first millimetres, passes as a plume of a few hours, and dilutes what is dissolved. Of either little reaches a reservoir,
/// whose phosphorus is a lake's and not a river's.
/// </summary>
public sealed class WaterQualityStations : SensorGroup
{
    private static readonly TimeSpan PlumeTime = TimeSpan.FromHours(2);
    private static readonly TimeSpan DilutionTime = TimeSpan.FromHours(7);
    private static readonly TimeSpan GatheringTime = TimeSpan.FromDays(3);

    private readonly int[] _sites;
    private readonly Station[] _stations;
    private CityMoment? _moment;
    private Seeded _noise;

    public WaterQualityStations(CitySites sites, int seed)
        : base(sites.Of(SensorKind.WaterQuality).Select(i => sites.Sensors[i]))
    {
        _sites = sites.Of(SensorKind.WaterQuality);
        _stations = [.. Sensors.Select(s => new Station(new Seeded(seed, $"{s.Id} water"), s.Name.Contains("水库", StringComparison.Ordinal)))];
        _noise = new Seeded(seed, "water quality noise");
    }

    public override void Step(CityMoment moment)
    {
        _moment = moment;
        for (var i = 0; i < _stations.Length; i++)
        {
            var station = _stations[i];
            var rain = moment.RainMm[_sites[i]];
            var washed = station.Dirt * (1 - Math.Exp(-0.12 * rain));
            station.Dirt += ((1 - station.Dirt) * moment.Fading(GatheringTime)) - washed;
            station.Plume += (washed * station.Exposure) - (station.Plume * moment.Fading(PlumeTime));
            station.Dilution = Math.Min(0.6, station.Dilution + (rain * 0.012 * station.Exposure) - (station.Dilution * moment.Fading(DilutionTime)));
        }
    }

    public override void Read(int index, Span<double> values)
    {
        if (_moment is not { } moment) return;
        var station = _stations[index];
        var season = Math.Cos(2 * Math.PI * (moment.Local.DayOfYear - 205) / 365.25);
        var fresh = 1 - station.Dilution;
        values[0] = Math.Round(23.5 + station.Warmth + (5.5 * season) + (0.8 * moment.DailyWave(16)) + Noise(0.03), 2);
        values[1] = Math.Round(station.Ph + (0.2 * moment.DailyWave(15)) - (0.3 * station.Plume) + Noise(0.01), 2);
        values[2] = Math.Round(Math.Max(0.2, station.Oxygen + (1.1 * moment.DailyWave(15)) - (2.4 * station.Plume) - (0.6 * season) + Noise(0.05)), 2);
        values[3] = Math.Round(Math.Max(0.5, (station.Organic * (0.6 + (0.4 * fresh))) + (7 * station.Plume) + Noise(0.06)), 2);
        values[4] = Math.Round(Math.Max(0.02, (station.Ammonia * fresh) + (2.2 * station.Plume) + Noise(0.01)), 3);
        values[5] = Math.Round(Math.Max(0.01, (station.Phosphorus * fresh) + (0.35 * station.Plume) + Noise(0.003)), 3);
        values[6] = Math.Round(Math.Max(0.5, (station.Turbidity * (1 + (0.1 * moment.DailyWave(10)))) + (380 * station.Plume) + Noise(0.5)), 1);
        values[7] = Math.Round(Math.Max(30, (station.Conductivity * fresh) + Noise(2)), 0);
    }

    private double Noise(double deviation) => _noise.Normal() * deviation;

    private sealed class Station(Seeded random, bool isReservoir)
    {
        /// <summary>Share of the streets' dirt and water that comes by.</summary>
        public double Exposure { get; } = isReservoir ? 0.02 : 1;

        public double Warmth { get; } = random.Between(-1, 1);

        public double Ph { get; } = random.Between(7.1, 7.6);

        public double Oxygen { get; } = random.Between(6.0, 7.5);

        public double Organic { get; } = random.Between(2.2, 4.2);

        public double Ammonia { get; } = random.LogBetween(0.12, 0.7);

        public double Phosphorus { get; } = random.LogBetween(0.05, 0.16) * (isReservoir ? 0.2 : 1);

        public double Turbidity { get; } = random.LogBetween(6, 22);

        public double Conductivity { get; } = random.Between(240, 420);

        /// <summary>What lies on the streets, 0 washed to 1 dirty.</summary>
        public double Dirt { get; set; } = random.Between(0.5, 1);

        /// <summary>What passes the station now.</summary>
        public double Plume { get; set; }

        /// <summary>Share of rain in the water.</summary>
        public double Dilution { get; set; }
    }
}
