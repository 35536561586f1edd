using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Things;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.City;

/// <summary>
/// The whole city as a pure model: stepped by simulated time, read sensor by sensor, the same for the same sensors and options.
/// It knows neither clocks nor networks.
/// </summary>
public sealed class CityModel
{
    /// <summary>Depth in metres at which a waterlogging point counts as flooded.</summary>
    public const double CrossingMetres = 0.15;

    /// <summary>Length of a step; short against the quickest thing here, a street of four minutes.</summary>
    public static readonly TimeSpan StepLength = TimeSpan.FromSeconds(10);

    /// <summary>Dry weather before the start, after which the pipes carry their base flow and every sensor has something to say.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(30);

    private const string DonghuStreet = "东湖";

    private readonly CityOptions _options;
    private readonly CitySites _sites;
    private readonly DrainageNetwork _network;
    private readonly DrainageModel _drainage;
    private readonly Storm _storm;
    private readonly SensorGroup[] _groups;
    private readonly FireDetectors _fires;
    private readonly DeviceHealth _health;
    private readonly (SensorGroup Group, int Index)[] _where;
    private readonly List<(string SensorId, TimeSpan At)> _crossings = [];
    private readonly HashSet<int> _crossed = [];
    private readonly double[] _rainMm;

    public CityModel(IReadOnlyList<CitySensor> sensors, CityOptions options)
    {
        _options = options;
        Sensors = sensors;
        _sites = new CitySites(sensors);
        _network = DrainageNetwork.Of(sensors, options.Seed);
        _drainage = new DrainageModel(_network);
        _rainMm = new double[_sites.Places.Length];
        _storm = MakeStorm();
        _fires = new FireDetectors(sensors.Where(s => s.Kind is SensorKind.Smoke or SensorKind.Heat), options.FiresPerDay, options.Seed);
        _health = new DeviceHealth(sensors, options.Seed);
        IEnumerable<CitySensor> Of(SensorKind kind) => sensors.Where(s => s.Kind == kind);
        _groups =
        [
            new DrainageStations(_sites, _network, _drainage, options.Seed),
            new RainGauges(_sites),
            new RiverSections(_sites, _network, _drainage, options.Seed),
            new TideStations(Of(SensorKind.Tide), options.Seed),
            new Reservoirs(_sites, options.Seed),
            new WaterQualityStations(_sites, options.Seed),
            new Slopes(_sites, options.Seed),
            _fires,
            new ParkingBays(Of(SensorKind.Parking), options.Seed),
            new GasDetectors(Of(SensorKind.Gas), options.Seed),
            new Chargers(Of(SensorKind.Charger), options.Seed),
            new Manholes(Of(SensorKind.Manhole), _network, _drainage, options.Seed),
        ];
        _where = Index(sensors);
        Elapsed = -WarmUp;
        AdvanceTo(TimeSpan.Zero);
    }

    public IReadOnlyList<CitySensor> Sensors { get; }

    /// <summary>Simulated time since the start.</summary>
    public TimeSpan Elapsed { get; private set; }

    public DateTimeOffset Local => _options.Start + Elapsed;

    /// <summary>The waterlogging points in the order in which their water first stood 0.15 m deep.</summary>
    public IReadOnlyList<(string SensorId, TimeSpan At)> Crossings => _crossings;

    public WaterBalance Balance => _drainage.Balance;

    /// <summary>District mean in mm/h.</summary>
    public double RainIntensity => _storm.MeanIntensity(Elapsed);

    public double TideMetres => Tide.Level(Local);

    public IReadOnlyList<Fire> Fires => _fires.Burning;

    /// <summary>Waterlogging points whose water stands 0.15 m deep or deeper now.</summary>
    public int FloodedPoints { get; private set; }

    /// <summary>Runs whole steps up to this simulated time.</summary>
    public void AdvanceTo(TimeSpan elapsed)
    {
        while (Elapsed + StepLength <= elapsed) Step(StepLength);
    }

    public void Step(TimeSpan step)
    {
        _storm.Fall(Elapsed, Elapsed + step, _rainMm);
        Elapsed += step;
        var moment = new CityMoment(Elapsed, Local, step, TideMetres, _rainMm);
        foreach (var group in _groups) group.Step(moment);
        NoteCrossings();
    }

    /// <summary>
    /// What the sensor at this index of <see cref="Sensors"/> measures now, by the slots of its kind; NaN where it does not.
    /// Battery and signal come only when asked for, as devices send them now and then.
    /// </summary>
    /// <returns>How many slots the city fills; 0 for a sensor that is not simulated.</returns>
    public int Read(int sensor, Span<double> values, bool withHealth)
    {
        var (group, index) = _where[sensor];
        if (group is null) return 0;
        // Battery and signal; what the kind has gained since stands behind them, and the city's devices do not have it.
        var slots = KindCatalogue.Of(Sensors[sensor].Kind).IndexOf("signal"u8) + 1;
        values[..slots].Fill(double.NaN);
        group.Read(index, values);
        if (withHealth) _health.Read(sensor, Elapsed, values.Slice(slots - 2, 2));
        return slots;
    }

    private void NoteCrossings()
    {
        FloodedPoints = 0;
        for (var i = 0; i < _network.Nodes.Count; i++)
        {
            var node = _network.Nodes[i];
            if (node.Kind != SensorKind.Waterlogging || _drainage.Ponding(i) < CrossingMetres) continue;
            FloodedPoints++;
            if (_crossed.Add(i)) _crossings.Add((node.SensorId, Elapsed));
        }
    }

    private Storm MakeStorm()
    {
        var places = _sites.Places;
        if (places.Length == 0 || _options.Storm == StormKind.None)
            return new Storm(Hyetograph.None, RainField.Moving(places, _options.Seed), _options.StormDelay);
        if (_options.Storm == StormKind.Chicago)
        {
            var design = new ChicagoStorm(_options.ReturnPeriodYears, _options.StormDuration, _options.PeakRatio);
            return new Storm(design, RainField.Moving(places, _options.Seed), _options.StormDelay);
        }
        bool AtDonghu(int i) => _sites.Sensors[i].Street.Contains(DonghuStreet, StringComparison.Ordinal);
        var some = _sites.Sensors.Where((_, i) => AtDonghu(i)).Take(places.Length).Count();
        var field = some == 0 || some == places.Length
            ? RainField.Moving(places, _options.Seed)
            : RainField.Standing(places, AtDonghu, SeptemberStorm.DonghuMm / SeptemberStorm.DistrictMeanMm);
        return new Storm(new SeptemberStorm(), field, _options.StormDelay);
    }

    private (SensorGroup, int)[] Index(IReadOnlyList<CitySensor> sensors)
    {
        var byId = _groups.SelectMany(g => g.Sensors.Select((s, i) => (s.Id, Where: (g, i)))).ToDictionary(s => s.Id, s => s.Where);
        return [.. sensors.Select(s => byId.GetValueOrDefault(s.Id))];
    }
}
