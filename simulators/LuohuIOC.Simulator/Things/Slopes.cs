using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Things;

/// <summary>Slopes creep a little always and more when soaked: with the rain of the past day, and one in ten is of the kind that really moves.</summary>
public sealed class Slopes : SensorGroup
{
    private static readonly TimeSpan Drying = TimeSpan.FromHours(24);
    private readonly int[] _sites;
    private readonly double[] _weakness;
    private readonly double[] _soaked;
    private readonly double[] _moved;
    private Seeded _noise;

    public Slopes(CitySites sites, int seed)
        : base(sites.Of(SensorKind.Slope).Select(i => sites.Sensors[i]))
    {
        _sites = sites.Of(SensorKind.Slope);
        _soaked = new double[_sites.Length];
        _weakness = new double[_sites.Length];
        _moved = new double[_sites.Length];
        for (var i = 0; i < _sites.Length; i++)
        {
            var random = new Seeded(seed, $"{Sensors[i].Id} slope");
            _weakness[i] = random.Chance(0.1) ? random.Between(8, 20) : random.LogBetween(0.3, 2);
            _moved[i] = random.Between(0, 3);
        }
        _noise = new Seeded(seed, "slope noise");
    }

    public override void Step(CityMoment moment)
    {
        var hours = moment.Step.TotalHours;
        for (var i = 0; i < _sites.Length; i++)
        {
            _soaked[i] += moment.RainMm[_sites[i]] - (_soaked[i] * moment.Fading(Drying));
            // A slope of weakness 1 creeps 0.01 mm a day when dry and 0.4 mm a day after 100 mm of rain.
            _moved[i] += _weakness[i] * hours * (0.0004 + (0.016 * Math.Pow(_soaked[i] / 100, 2)));
        }
    }

    public override void Read(int index, Span<double> values)
    {
        values[0] = Math.Round(_moved[index] + (_noise.Normal() * 0.05), 2);
        values[1] = Math.Round((_moved[index] * 0.01) + (_noise.Normal() * 0.003), 3);
    }
}
