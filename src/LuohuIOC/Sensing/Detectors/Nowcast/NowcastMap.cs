using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>One station that is forecast.</summary>
/// <param name="Sensor">Its number.</param>
/// <param name="Metric">What is forecast: <c>depth</c> or <c>level</c>, in metres.</param>
/// <param name="Site">Its columns, padded, so that every station's features are the same.</param>
internal sealed record NowcastStation(int Sensor, string Metric, NowcastSite Site);

/// <summary>One column of the minutes: a sensor's metric.</summary>
/// <param name="Sensor">Its number.</param>
/// <param name="Slot">Of the metric in the kind's layout.</param>
/// <param name="IsRain">Millimetres since the reading before, not a level.</param>
internal readonly record struct MinuteColumn(int Sensor, int Slot, bool IsRain);

/// <summary>
/// Which stations are forecast and whom each listens to: its nearest gauges and all of the district, the nearest stations upstream and
/// downstream, the tide. A snapshot of the registry.
/// </summary>
internal sealed class NowcastMap
{
    private const int NearGauges = 3;

    // Water of these passes each other; a river's level has another datum than a pipe's.
    private static readonly SensorKind[] Drains = [SensorKind.Waterlogging, SensorKind.Pipe, SensorKind.Outfall];

    private readonly long _nowMs;
    private readonly List<MinuteColumn> _columns = [];
    private readonly Dictionary<int, int> _columnOf = [];

    /// <param name="registry">The city.</param>
    /// <param name="pipes">How many pipes are forecast.</param>
    /// <param name="nowMs">As of when stations are in service; left out, one whose end is planned is in it no more.</param>
    public NowcastMap(SensorRegistry registry, int pipes, long nowMs = long.MaxValue)
    {
        _nowMs = nowMs;
        Sensor[] known = [.. registry.All];
        var alive = known.Where(s => !s.IsRetired(nowMs) && s.Place is not null).ToArray();
        UntilMs = alive.Min(s => s.RetiredAt?.ToUnixTimeMilliseconds()) ?? long.MaxValue;
        var gauges = alive.Where(s => s.Kind == SensorKind.RainGauge).ToArray();
        foreach (var gauge in gauges) ColumnOf(gauge, "rain");
        GaugeColumns = [.. Enumerable.Range(0, gauges.Length)];
        var tide = alive.FirstOrDefault(s => s.Kind == SensorKind.Tide);
        var network = registry.Network;
        var points = alive.Where(s => s.Kind == SensorKind.Waterlogging);
        // There is something to expect from neighbours where many stations are upstream.
        var fullest = alive.Where(s => s.Kind == SensorKind.Pipe)
            .OrderByDescending(s => network.AllUpstream(s.Id).Count(IsDrain)).ThenBy(s => s.Number).Take(pipes);
        Stations = gauges.Length == 0 ? [] : [.. points.Concat(fullest).Select(s => Station(s, gauges, tide, network))];
        Columns = [.. _columns];
    }

    /// <summary>From then on the map is of the past: a station leaves service, as was planned.</summary>
    public long UntilMs { get; }

    public NowcastStation[] Stations { get; }

    public MinuteColumn[] Columns { get; }

    /// <summary>The gauges come first.</summary>
    public int[] GaugeColumns { get; }

    /// <summary>The metric that is forecast at a kind, null for others.</summary>
    public static string? MetricOf(SensorKind kind) => kind switch
    {
        SensorKind.Waterlogging => "depth",
        SensorKind.Pipe => "level",
        _ => null,
    };

    private bool IsDrain(Sensor sensor) => Drains.Contains(sensor.Kind) && !sensor.IsRetired(_nowMs);

    private NowcastStation Station(Sensor sensor, Sensor[] gauges, Sensor? tide, DrainageNetwork network)
    {
        var metric = MetricOf(sensor.Kind)!;
        var site = new NowcastSite
        {
            Own = ColumnOf(sensor, metric),
            NearGauges = Near(gauges, sensor),
            DistrictGauges = GaugeColumns,
            Upstream = Levels(network.AllUpstream(sensor.Id)),
            Downstream = Levels(network.DownstreamPath(sensor.Id)),
            Tide = tide is null ? null : ColumnOf(tide, "level"),
            Floor = sensor.Kind == SensorKind.Waterlogging ? 0 : double.NegativeInfinity,
        };
        return new NowcastStation(sensor.Number, metric, site.Padded());
    }

    private int[] Levels(IEnumerable<Sensor> stations) =>
        [.. stations.Where(IsDrain).Take(NowcastSite.NeighboursMax).Select(s => ColumnOf(s, s.Kind == SensorKind.Waterlogging ? "depth" : "level"))];

    private static (int, double)[] Near(Sensor[] gauges, Sensor station) =>
    [
        .. gauges.Select((g, column) => (Column: column, Km: station.Place!.Value.MetresTo(g.Place!.Value) / 1000))
            .OrderBy(g => g.Km).Take(NearGauges).Select(g => (g.Column, 1 / (0.2 + g.Km))),
    ];

    private int ColumnOf(Sensor sensor, string metric)
    {
        if (_columnOf.TryGetValue(sensor.Number, out var known)) return known;
        var slot = sensor.Layout.Names.ToList().IndexOf(metric);
        _columns.Add(new MinuteColumn(sensor.Number, slot, sensor.Kind == SensorKind.RainGauge));
        return _columnOf[sensor.Number] = _columns.Count - 1;
    }
}
