using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;

namespace LuohuIOC.Simulator.Things;

/// <summary>Tipping-bucket gauges of 0.1 mm: a reading is what tipped since the one before.</summary>
public sealed class RainGauges : SensorGroup
{
    private const double TipMm = 0.1;
    private readonly int[] _sites;
    private readonly double[] _caught;

    public RainGauges(CitySites sites)
        : base(sites.Of(SensorKind.RainGauge).Select(i => sites.Sensors[i]))
    {
        _sites = sites.Of(SensorKind.RainGauge);
        _caught = new double[_sites.Length];
    }

    public override void Step(CityMoment moment)
    {
        for (var i = 0; i < _sites.Length; i++) _caught[i] += moment.RainMm[_sites[i]];
    }

    public override void Read(int index, Span<double> values)
    {
        var tips = Math.Floor((_caught[index] / TipMm) + 1e-9);
        _caught[index] -= tips * TipMm;
        values[0] = Math.Round(tips * TipMm, 1);
    }
}
