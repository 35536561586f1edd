using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.Things;

/// <summary>River sections: the flow of the outfalls that the registry links to each (else those nearest), smoothed, over the tide where the river is tidal.</summary>
public sealed class RiverSections : SensorGroup
{
    private static readonly TimeSpan Travel = TimeSpan.FromMinutes(25);
    private readonly DrainageModel _drainage;
    private readonly int[][] _outfalls;
    private readonly double[] _flow;
    private readonly double[] _bed;
    private readonly double[] _tidal;
    private double _tide;
    private Seeded _noise;

    public RiverSections(CitySites sites, DrainageNetwork network, DrainageModel drainage, int seed)
        : base(sites.Of(SensorKind.River).Select(i => sites.Sensors[i]))
    {
        _drainage = drainage;
        _noise = new Seeded(seed, "river noise");
        var places = Sensors.Select(s => Place.Of(s.Longitude, s.Latitude)).ToArray();
        var nearest = network.Nodes.Select((n, i) => n.Downstream >= 0 || places.Length == 0 ? -1
            : Array.FindIndex(Sensors, s => s.Id == sites.Sensors[i].Downstream) is >= 0 and var named ? named
            : Enumerable.Range(0, places.Length).MinBy(r => places[r].SquaredKmTo(n.Place))).ToArray();
        _outfalls = [.. Enumerable.Range(0, places.Length).Select(r => Enumerable.Range(0, nearest.Length).Where(n => nearest[n] == r).ToArray())];
        _flow = new double[places.Length];
        // The Shenzhen river is tidal; its tributaries less and less so as the ground rises.
        _tidal = [.. places.Select(p => Math.Clamp((-0.5 - p.NorthKm) / 1.5, 0, 1))];
        _bed = [.. places.Select((p, r) => (1 - _tidal[r]) * (1.2 + (1.5 * Math.Max(0, p.NorthKm + 2))))];
    }

    public override void Step(CityMoment moment)
    {
        var fading = moment.Fading(Travel);
        _tide = moment.Tide;
        for (var r = 0; r < _flow.Length; r++)
        {
            double inflow = 0;
            foreach (var n in _outfalls[r]) inflow += _drainage.Flow[n];
            _flow[r] += (inflow - _flow[r]) * fading;
        }
    }

    public override void Read(int index, Span<double> values) =>
        values[0] = Math.Round(_bed[index] + (_tidal[index] * _tide) + (0.16 * Math.Pow(_flow[index], 0.6)) + (_noise.Normal() * 0.005), 3);
}

/// <summary>Tide stations.</summary>
public sealed class TideStations(IEnumerable<CitySensor> sensors, int seed) : SensorGroup(sensors)
{
    private double _tide;
    private Seeded _noise = new(seed, "tide noise");

    public override void Step(CityMoment moment) => _tide = moment.Tide;

    public override void Read(int index, Span<double> values) => values[0] = Math.Round(_tide + (_noise.Normal() * 0.008), 3);
}

/// <summary>
/// Reservoirs: catchment runoff in, release above the flood limit out. The Shenzhen reservoir's sizes are of the right order and its release
/// is that of 2023-09-08; the other reservoirs are small and spill.
/// </summary>
public sealed class Reservoirs : SensorGroup
{
    private static readonly TimeSpan Runoff = TimeSpan.FromHours(2);
    private readonly Basin[] _basins;
    private readonly int[] _sites;
    private readonly double[] _level;
    private readonly double[] _coming;
    private Seeded _noise;

    public Reservoirs(CitySites sites, int seed)
        : base(sites.Of(SensorKind.Reservoir).Select(i => sites.Sensors[i]))
    {
        _sites = sites.Of(SensorKind.Reservoir);
        _basins = [.. Sensors.Select(s => s.Name.Contains("深圳水库", StringComparison.Ordinal) ? Basin.Shenzhen : Basin.Small)];
        _level = [.. _basins.Select(b => b.FloodLimit - 0.8)];
        _coming = new double[_basins.Length];
        _noise = new Seeded(seed, "reservoir noise");
    }

    public override void Step(CityMoment moment)
    {
        for (var i = 0; i < _basins.Length; i++)
        {
            var basin = _basins[i];
            _coming[i] += moment.RainMm[_sites[i]] / 1000 * basin.CatchmentKm2 * 1e6 * 0.55;
            var inflow = _coming[i] * moment.Fading(Runoff);
            _coming[i] -= inflow;
            var above = _level[i] - basin.FloodLimit;
            var release = above <= 0 ? 0 : above < 0.3 ? basin.Release * 0.6 : basin.Release;
            _level[i] += (inflow - (release * moment.Step.TotalSeconds)) / (basin.SurfaceKm2 * 1e6);
        }
    }

    public override void Read(int index, Span<double> values) => values[0] = Math.Round(_level[index] + (_noise.Normal() * 0.004), 3);

    /// <param name="FloodLimit">Metres.</param>
    /// <param name="SurfaceKm2">Of the water.</param>
    /// <param name="CatchmentKm2">Of the land that drains to it.</param>
    /// <param name="Release">m³/s when well above the limit.</param>
    private sealed record Basin(double FloodLimit, double SurfaceKm2, double CatchmentKm2, double Release)
    {
        public static Basin Shenzhen { get; } = new(27.6, 3.4, 60, 120);

        public static Basin Small { get; } = new(52.0, 0.12, 2.4, 15);
    }
}
