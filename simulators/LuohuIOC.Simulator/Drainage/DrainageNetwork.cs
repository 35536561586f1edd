using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.Drainage;

/// <summary>
/// The registry's pipes, outfalls and waterlogging points as a directed network, with seeded catchments, and pipes sized as an engineer
/// would: for the flow of everything upstream in a storm of the pipe's design period, by the rational method.
/// </summary>
public sealed class DrainageNetwork
{
    private DrainageNetwork(DrainNode[] nodes, int[] downstreamFirst) => (Nodes, DownstreamFirst) = (nodes, downstreamFirst);

    public IReadOnlyList<DrainNode> Nodes { get; }

    /// <summary>Indices such that each node comes after the one it flows to.</summary>
    public int[] DownstreamFirst { get; }

    /// <exception cref="InputException">The links of the registry form a circle; the message names a sensor in it.</exception>
    public static DrainageNetwork Of(IReadOnlyList<CitySensor> sensors, int seed)
    {
        var stations = sensors.Where(s => s.Kind is SensorKind.Pipe or SensorKind.Outfall or SensorKind.Waterlogging).ToArray();
        var places = stations.Select(s => Place.Of(s.Longitude, s.Latitude)).ToArray();
        var downstream = Links(stations, places);
        var order = Order(stations, downstream);
        var areas = new double[stations.Length];
        var upstreamAreas = new double[stations.Length];
        var upstreamLevels = new int[stations.Length];
        var nodes = new DrainNode[stations.Length];
        for (var i = 0; i < stations.Length; i++) areas[i] = Area(stations[i], seed);
        foreach (var i in order.Reverse())
        {
            upstreamAreas[i] += areas[i];
            nodes[i] = Node(stations[i], places[i], downstream[i], areas[i], upstreamAreas[i], upstreamLevels[i], seed);
            if (downstream[i] < 0) continue;
            upstreamAreas[downstream[i]] += upstreamAreas[i];
            upstreamLevels[downstream[i]] = Math.Max(upstreamLevels[downstream[i]], upstreamLevels[i] + 1);
        }
        return new DrainageNetwork(nodes, order);
    }

    /// <summary>The registry's links; a waterlogging point without one drains to the nearest pipe station.</summary>
    private static int[] Links(CitySensor[] stations, Place[] places)
    {
        var index = stations.Select((s, i) => (s.Id, i)).ToDictionary(s => s.Id, s => s.i);
        var pipes = Enumerable.Range(0, stations.Length).Where(i => stations[i].Kind == SensorKind.Pipe).ToArray();
        var links = new int[stations.Length];
        for (var i = 0; i < stations.Length; i++)
        {
            if (stations[i].Downstream is { } next && index.TryGetValue(next, out links[i])) continue;
            var from = places[i];
            links[i] = stations[i].Kind == SensorKind.Waterlogging && pipes.Length > 0 ? pipes.MinBy(p => places[p].SquaredKmTo(from)) : -1;
        }
        return links;
    }

    private static int[] Order(CitySensor[] stations, int[] downstream)
    {
        var order = new List<int>(stations.Length);
        var placed = new bool[stations.Length];
        var path = new Stack<int>();
        for (var i = 0; i < stations.Length; i++)
        {
            for (var at = i; at >= 0 && !placed[at]; at = downstream[at])
            {
                if (path.Count > stations.Length) throw new InputException("input.circle", stations[at].Id);
                path.Push(at);
            }
            while (path.TryPop(out var at))
            {
                placed[at] = true;
                order.Add(at);
            }
        }
        return [.. order];
    }

    private static double Area(CitySensor station, int seed)
    {
        var random = new Seeded(seed, $"{station.Id} area");
        return station.Kind switch
        {
            SensorKind.Pipe => random.Between(8, 22),
            SensorKind.Outfall => random.Between(3, 10),
            _ => random.Between(3, 7),
        };
    }

    private static DrainNode Node(CitySensor station, Place place, int downstream, double area, double upstreamArea, int levels, int seed)
    {
        var random = new Seeded(seed, $"{station.Id} pipe");
        var point = station.Kind == SensorKind.Waterlogging;
        // Waterlogging points are where the network is old and the inlets are few; that is why they are on the list.
        var designPeriod = point ? random.LogBetween(2, 8) : random.LogBetween(5, 12);
        var impervious = random.Between(0.65, 0.9);
        var street = point ? random.Between(240, 480) : random.Between(420, 840);
        var concentrationMinutes = (street / 60) + 4 + (2 * levels);
        // mm/min on hectares: 10 m³/min
        double Flow(double hectares) => RainstormFormula.Intensity(designPeriod, concentrationMinutes) * hectares * impervious * 10 / 60;
        var capacity = Flow(upstreamArea);
        var hollow15 = point ? random.LogBetween(60, 240) : random.LogBetween(600, 1500);
        return new DrainNode
        {
            SensorId = station.Id,
            Kind = station.Kind,
            Place = place,
            Downstream = downstream,
            AreaHectares = area,
            Impervious = impervious,
            StreetSeconds = street,
            PipeSeconds = random.Between(150, 330),
            Capacity = capacity,
            InletCapacity = Flow(area) * (point ? random.Between(0.95, 1.1) : random.Between(1.2, 1.6)),
            Diameter = Manning.Diameter(capacity, random.LogBetween(0.002, 0.006)),
            // The Shenzhen river runs along the south; the ground rises northwards.
            InvertMetres = Math.Max(-0.4, 1.2 * (place.NorthKm + 2.5)) + random.Between(-0.2, 1.2),
            HollowCoefficient = hollow15 / (0.15 * 0.15),
            RimMetres = random.Between(0.7, 1.3),
            BaseFlow = capacity * random.Between(0.004, 0.015),
        };
    }
}
