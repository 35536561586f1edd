using System.Collections.Frozen;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Registry;

/// <summary>
/// Which station's water passes which next: waterlogging point → pipe → pipe → outfall → river section or reservoir → … → tide
/// station. A snapshot. Every sensor has at most one sensor downstream and the links have no loop, so it is a forest that flows
/// towards its roots.
/// </summary>
public sealed class DrainageNetwork
{
    private static readonly FrozenDictionary<SensorKind, SensorKind[]> Below = new Dictionary<SensorKind, SensorKind[]>
    {
        [SensorKind.Waterlogging] = [SensorKind.Pipe, SensorKind.Outfall],
        [SensorKind.Manhole] = [SensorKind.Pipe, SensorKind.Outfall],
        [SensorKind.Pipe] = [SensorKind.Pipe, SensorKind.Outfall],
        [SensorKind.Outfall] = [SensorKind.River, SensorKind.Reservoir, SensorKind.Tide],
        [SensorKind.River] = [SensorKind.River, SensorKind.Reservoir, SensorKind.Tide],
        [SensorKind.Reservoir] = [SensorKind.River, SensorKind.Reservoir, SensorKind.Tide],
        [SensorKind.Tide] = [SensorKind.Tide],
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, Sensor> _nodes;
    private readonly FrozenDictionary<string, string[]> _upstream;

    /// <param name="sensors">All sensors; those without a link on either side are left out.</param>
    /// <exception cref="InvalidOperationException">The links make a loop, which <see cref="SensorRegistry.Apply"/> never lets in.</exception>
    public DrainageNetwork(ReadOnlySpan<Sensor> sensors)
    {
        var byId = new Dictionary<string, Sensor>(sensors.Length);
        foreach (var sensor in sensors) byId.Add(sensor.Id, sensor);
        var edges = new List<(Sensor From, Sensor To)>();
        foreach (var sensor in sensors)
            if (sensor.Downstream is { } next && byId.TryGetValue(next, out var to)) edges.Add((sensor, to));
        Edges = edges;
        _nodes = edges.SelectMany(e => new[] { e.From, e.To }).DistinctBy(n => n.Id).ToFrozenDictionary(n => n.Id);
        _upstream = edges.GroupBy(e => e.To.Id).ToFrozenDictionary(g => g.Key, g => g.Select(e => e.From.Id).ToArray());
        TopologicalOrder = Sort();
    }

    /// <summary>Every link, from a sensor to the next one downstream, in order of the sensors' numbers.</summary>
    public IReadOnlyList<(Sensor From, Sensor To)> Edges { get; }

    /// <summary>Sensors of the network, each before the one downstream of it.</summary>
    public IReadOnlyList<Sensor> TopologicalOrder { get; }

    /// <summary>True when water may flow from one kind of station to the other.</summary>
    public static bool MayFlow(SensorKind from, SensorKind to) => Below.TryGetValue(from, out var below) && below.Contains(to);

    /// <summary>Ids of the sensors whose next one downstream is this; empty at a source and off the network.</summary>
    public IReadOnlyList<string> Upstream(string id) => _upstream.GetValueOrDefault(id, []);

    /// <summary>Every sensor whose water passes this one, nearest first.</summary>
    public IReadOnlyList<Sensor> AllUpstream(string id)
    {
        var found = new List<Sensor>();
        var next = new Queue<string>(Upstream(id));
        while (next.TryDequeue(out var at))
        {
            found.Add(_nodes[at]);
            foreach (var above in Upstream(at)) next.Enqueue(above);
        }
        return found;
    }

    /// <summary>The way of the water from this sensor to the end, without the sensor itself.</summary>
    public IReadOnlyList<Sensor> DownstreamPath(string id)
    {
        var path = new List<Sensor>();
        var at = _nodes.GetValueOrDefault(id);
        while (at?.Downstream is { } next && _nodes.TryGetValue(next, out at)) path.Add(at);
        return path;
    }

    private List<Sensor> Sort()
    {
        var order = new List<Sensor>(_nodes.Count);
        var open = _nodes.Values.ToDictionary(n => n.Id, n => Upstream(n.Id).Count);
        var ready = new Queue<Sensor>(_nodes.Values.Where(n => open[n.Id] == 0).OrderBy(n => n.Number));
        while (ready.TryDequeue(out var at))
        {
            order.Add(at);
            if (at.Downstream is { } next && open.ContainsKey(next) && --open[next] == 0) ready.Enqueue(_nodes[next]);
        }
        if (order.Count < _nodes.Count)
            throw new InvalidOperationException($"The drainage network has a loop through {string.Join(", ", open.Where(o => o.Value > 0).Select(o => o.Key).Order().Take(10))}.");
        return order;
    }
}
