using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Things;

/// <summary>
/// Parking bays: cars come and go as a two-state process whose balance follows the hour and the day: bays near homes fill at night,
/// bays near offices and shops by day, and those at the weekend only in the afternoon.
/// </summary>
public sealed class ParkingBays : SensorGroup
{
    private readonly Bay[] _bays;
    private Seeded _random;

    public ParkingBays(IEnumerable<CitySensor> sensors, int seed)
        : base(sensors)
    {
        _random = new Seeded(seed, "parking");
        _bays = [.. Sensors.Select(s => new Bay(new Seeded(seed, $"{s.Id} bay")))];
    }

    public override void Step(CityMoment moment)
    {
        for (var i = 0; i < _bays.Length; i++)
        {
            var bay = _bays[i];
            if (moment.Elapsed < bay.NextLook) continue;
            var share = Share(bay.Residential, moment.Hour, moment.Weekend);
            if (!bay.Started)
            {
                bay.Started = true;
                bay.Occupied = _random.Chance(share);
            }
            else if (bay.ChangesThen) bay.Occupied = !bay.Occupied;
            // Leaving at 1/stay and coming at share/(1 − share) of that keeps the share; the rate is looked at again every half hour.
            var stayHours = bay.Residential ? 4.0 : 1.2;
            var wait = TimeSpan.FromHours(_random.Exponential(bay.Occupied ? stayHours : stayHours * (1 - share) / share));
            bay.ChangesThen = wait <= TimeSpan.FromMinutes(30);
            bay.NextLook = moment.Elapsed + (bay.ChangesThen ? wait : TimeSpan.FromMinutes(30));
        }
    }

    public override void Read(int index, Span<double> values)
    {
        var bay = _bays[index];
        values[0] = bay.Occupied ? 1 : 0;
        values[1] = Math.Round(bay.Field + (bay.Occupied ? bay.Iron : 0) + (_random.Normal() * 1.5), 1);
    }

    /// <summary>The expected share of occupied bays at this hour.</summary>
    public static double Share(bool residential, double hour, bool weekend)
    {
        var night = 0.5 + (0.5 * Math.Cos(2 * Math.PI * (hour - 2) / 24));
        if (residential) return 0.45 + ((weekend ? 0.42 : 0.5) * night);
        return weekend ? 0.15 + (0.6 * Math.Exp(-Math.Pow((hour - 16) / 4, 2))) : 0.1 + (0.8 * Math.Exp(-Math.Pow((hour - 14) / 4.5, 4)));
    }

    private sealed class Bay(Seeded random)
    {
        public bool Residential { get; } = random.Chance(0.45);

        public double Field { get; } = random.Between(30, 48);

        public double Iron { get; } = random.Between(25, 140) * (random.Chance(0.3) ? -1 : 1);

        public bool Started { get; set; }

        public bool Occupied { get; set; }

        public bool ChangesThen { get; set; }

        public TimeSpan NextLook { get; set; }
    }
}
