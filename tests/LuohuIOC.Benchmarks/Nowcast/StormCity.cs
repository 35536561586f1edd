using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry.District;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Things;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>One station that is forecast; the threshold, in metres, is the lowest of its kind's default rule.</summary>
internal sealed record Target(string Id, SensorKind Kind, NowcastSite Site, double Threshold);

/// <summary>A storm as the stations saw it, minute by minute, and the minutes that count.</summary>
internal sealed record StormRecord(StormPlan Plan, MinuteTable Table, int From, int To);

/// <summary>
/// The district's drainage as the registry links it, run by the simulator's own models without broker and clock. The catchments stay the
/// same for all storms; the storms, the tide's hour and the instruments' noise are each storm's own.
/// </summary>
internal sealed class StormCity
{
    // A storm finds three hours without rain behind it, as a forecast looks back so far.
    private const int DryMinutes = 210;
    private const int TailMinutes = 150;
    private const string DonghuStreet = "东湖";
    private static readonly TimeSpan Step = CityModel.StepLength;

    private readonly CitySites _sites;
    private readonly DrainageNetwork _network;
    private readonly int[] _gauges;

    public StormCity(int seed, int pipes)
    {
        CitySensor[] sensors =
        [
            .. LuohuDistrict.Generate(new Dictionary<string, int>())
                .Where(d => d.Kind is SensorKind.Pipe or SensorKind.Outfall or SensorKind.Waterlogging or SensorKind.RainGauge)
                .Select(d => new CitySensor(d.Id, d.Kind, d.Name, d.Street, d.Place!.Value.Longitude, d.Place.Value.Latitude, d.Gateway, d.Downstream)),
        ];
        _sites = new CitySites(sensors);
        _network = DrainageNetwork.Of(sensors, seed);
        _gauges = _sites.Of(SensorKind.RainGauge);
        Targets = [.. PointTargets(), .. PipeTargets(pipes)];
    }

    public Target[] Targets { get; }

    // Columns of a table: the network's nodes, the gauges, the tide.
    private int Tide => _network.Nodes.Count + _gauges.Length;

    public StormRecord Run(StormPlan plan)
    {
        var course = plan.Course();
        var drainage = new DrainageModel(_network);
        var stations = new DrainageStations(_sites, _network, drainage, plan.Seed);
        var gauges = new RainGauges(_sites);
        var tide = new TideStations([new CitySensor("tide", SensorKind.Tide, "", "", 0, 0, "", null)], plan.Seed);
        var start = TimeSpan.FromMinutes(DryMinutes);
        var storm = new Storm(course, Field(plan), start);
        var minutes = DryMinutes + (int)Math.Ceiling(course.Duration.TotalMinutes) + TailMinutes;
        var table = new MinuteTable(Tide + 1, minutes);
        var rain = new double[_sites.Places.Length];
        var row = new double[Tide + 1];
        Span<double> values = stackalloc double[16];
        for (var elapsed = TimeSpan.FromMinutes(-30); elapsed < TimeSpan.FromMinutes(minutes);)
        {
            storm.Fall(elapsed, elapsed + Step, rain);
            elapsed += Step;
            var local = plan.Start + elapsed;
            var moment = new CityMoment(elapsed, local, Step, LuohuIOC.Simulator.Weather.Tide.Level(local), rain);
            stations.Step(moment);
            gauges.Step(moment);
            tide.Step(moment);
            if (elapsed <= TimeSpan.Zero || elapsed.Ticks % TimeSpan.TicksPerMinute != 0) continue;
            for (var i = 0; i < _network.Nodes.Count; i++) row[i] = Value(stations, i, values);
            for (var g = 0; g < _gauges.Length; g++) row[_network.Nodes.Count + g] = Value(gauges, g, values);
            row[Tide] = Value(tide, 0, values);
            table.Append(row);
        }
        return new StormRecord(plan, table, DryMinutes - 10, minutes - 1);
    }

    private static double Value(SensorGroup group, int index, Span<double> values)
    {
        group.Read(index, values);
        return values[0];
    }

    private RainField Field(StormPlan plan) => plan.Shape == StormShape.September2023
        ? RainField.Standing(_sites.Places, i => _sites.Sensors[i].Street.Contains(DonghuStreet, StringComparison.Ordinal), SeptemberStorm.DonghuMm / SeptemberStorm.DistrictMeanMm)
        : RainField.Moving(_sites.Places, plan.Seed);

    private IEnumerable<Target> PointTargets() => Enumerable.Range(0, _network.Nodes.Count)
        .Where(i => _network.Nodes[i].Kind == SensorKind.Waterlogging)
        .Select(i => new Target(_network.Nodes[i].SensorId, SensorKind.Waterlogging, Site(i) with { Floor = 0 }, CityModel.CrossingMetres));

    // The pipes with most stations upstream: there is something to expect from neighbours.
    private IEnumerable<Target> PipeTargets(int count) => Enumerable.Range(0, _network.Nodes.Count)
        .Where(i => _network.Nodes[i].Kind == SensorKind.Pipe)
        .OrderByDescending(i => AllUpstream(i).Count()).ThenBy(i => i).Take(count)
        .Select(i => new Target(_network.Nodes[i].SensorId, SensorKind.Pipe, Site(i), 1.5));

    private NowcastSite Site(int node)
    {
        var here = _network.Nodes[node].Place;
        var near = Enumerable.Range(0, _gauges.Length)
            .Select(g => (Column: _network.Nodes.Count + g, Km: _sites.Places[_gauges[g]].KmTo(here)))
            .OrderBy(g => g.Km).Take(3).Select(g => (g.Column, Weight: 1 / (0.2 + g.Km))).ToArray();
        return new NowcastSite
        {
            Own = node,
            NearGauges = near,
            DistrictGauges = [.. Enumerable.Range(_network.Nodes.Count, _gauges.Length)],
            Upstream = [.. AllUpstream(node).Take(NowcastSite.NeighboursMax)],
            Downstream = [.. DownstreamPath(node).Take(NowcastSite.NeighboursMax)],
            Tide = Tide,
        };
    }

    // Nearest first.
    private IEnumerable<int> AllUpstream(int node)
    {
        var next = new Queue<int>([node]);
        while (next.TryDequeue(out var at))
            for (var i = 0; i < _network.Nodes.Count; i++)
            {
                if (_network.Nodes[i].Downstream != at) continue;
                yield return i;
                next.Enqueue(i);
            }
    }

    private IEnumerable<int> DownstreamPath(int node)
    {
        for (var at = _network.Nodes[node].Downstream; at >= 0; at = _network.Nodes[at].Downstream) yield return at;
    }
}
