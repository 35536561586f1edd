using System.Diagnostics;
using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Registry.District;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Detectors;

/// <summary>
/// The simulated district through quality checks and detectors as the sensor grains run them, in simulated time. Without storm and faults:
/// alerts a sensor-day at several thresholds at once, all of them false, processor a reading, memory a sensor. With either: the
/// defaults, with and without the gate for rain, alerts in all and faults found.
/// </summary>
public static class CityAlarms
{
    /// <summary>Both thresholds of each column.</summary>
    private static readonly (double? Nats, double Level)[] Grid = [(3.9, 2.3), (4.5, 3), (5, 3.5), (5.5, 4), (6, 5), (7, 6), (8, 8), (10, 10)];

    private static readonly SensorKind[] Kinds =
    [
        SensorKind.Outfall, SensorKind.Pipe, SensorKind.River, SensorKind.Reservoir, SensorKind.Tide, SensorKind.WaterQuality,
    ];

    /// <summary>The defaults without the gate for rain and with it.</summary>
    private static readonly bool[] Gates = [false, true];

    public static int Run(double days, int seed, StormKind storm, double stormDay, string faults)
    {
        var drafts = LuohuDistrict.Generate(new Dictionary<string, int>())
            .Where(d => Kinds.Contains(d.Kind) || d.Kind is SensorKind.Waterlogging or SensorKind.RainGauge).ToList();
        var city = drafts.Select(d => new CitySensor(d.Id, d.Kind, d.Name, d.Street, d.Place!.Value.Longitude, d.Place.Value.Latitude, d.Gateway, d.Downstream)).ToList();
        var start = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.FromHours(8));
        var model = new CityModel(city, new CityOptions { Seed = seed, Start = start, Storm = storm, StormDelay = TimeSpan.FromDays(stormDay), FiresPerDay = 0 });
        var folder = Directory.CreateTempSubdirectory("luohu-city-").FullName;
        var registry = new SensorRegistry();
        registry.Apply(drafts);
        var watched = city.Select((s, i) => (Sensor: s, Index: i)).Where(s => Kinds.Contains(s.Sensor.Kind))
            .Select((s, number) => new WatchedSensor(s.Index, registry[s.Index], number)).ToList();
        var grid = storm == StormKind.None && faults.Length == 0;
        if (faults.Length > 0) Break(watched, seed, days, storm == StormKind.None ? null : stormDay, faults);
        var rain = new RainBoard();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        string[] names = grid ? [.. Grid.Select(g => $"{g.Nats} / {g.Level}")] : [.. Gates.Select(g => g ? "with rain gate" : "without")];
        for (var g = 0; g < names.Length; g++)
        {
            var options = grid ? new DetectionOptions { NoveltyNats = Grid[g].Nats, ChartLevel = Grid[g].Level } : new DetectionOptions();
            var gate = new RainOptions { Gate = grid || Gates[g] };
            var file = Path.Combine(folder, $"{g}");
            var detectors = new SensorDetectors(
                new StationDetectors(new ModelStore<PcaModel, ModelEvaluation>(ModelsDatabase.Open(file), ModelsDatabase.Anomaly, NullLogger.Instance)), new Thresholds(ModelsDatabase.Open(file), options),
                new StreamBoards(), new RainAround(new GaugeMap(registry, gate, TimeProvider.System), rain, gate), options, NullLogger<SensorDetectors>.Instance);
            foreach (var sensor in watched) sensor.Sets.Add(new WatchedSet(detectors.For(sensor.Sensor)!));
            if (g == 0) AnsiConsole.WriteLine($"memory: {(GC.GetTotalMemory(true) - before) / 1024.0 / watched.Count:F1} KB a sensor of {watched.Count}");
        }
        Simulate(model, registry, rain, watched, start, days);
        Report(watched, names, days);
        if (!grid) Story(watched);
        if (faults == "storm") Missed(watched);
        return 0;
    }

    /// <summary>Faults in dry weather lie in the second half of what comes before the storm; those of a storm, falls, in its first two hours.</summary>
    private static void Break(List<WatchedSensor> watched, int seed, double days, double? stormDay, string faults)
    {
        var inStorm = faults == "storm";
        var to = inStorm ? stormDay * 1440 + 120 + CityFault.Minutes : (stormDay ?? days) * 1440;
        var from = inStorm ? stormDay * 1440 : to / 2;
        var number = 0;
        foreach (var sensor in watched.Where(w => w.Sensor.Kind is SensorKind.Outfall or SensorKind.Pipe or SensorKind.River or SensorKind.Reservoir))
            sensor.Fault = CityFault.For(sensor.Sensor.Id, number++, seed, (int)from!, (int)to!, inStorm ? CityFaultKind.Fall : null);
    }

    private static void Simulate(CityModel model, SensorRegistry registry, RainBoard rain, List<WatchedSensor> watched, DateTimeOffset start, double days)
    {
        var rules = new Dictionary<SensorKind, SensorRules>();
        foreach (var kind in Kinds) rules[kind] = LuohuIOC.Sensing.Rules.RuleCompiler.Compile(MetricLayout.Of(kind), []);
        int[] gauges = [.. Enumerable.Range(0, registry.Count).Where(i => registry[i].Kind == SensorKind.RainGauge)];
        var values = new double[16];
        for (var minute = 1; minute <= days * 1440; minute++)
        {
            model.AdvanceTo(TimeSpan.FromMinutes(minute));
            var timeMs = start.AddMinutes(minute).ToUnixTimeMilliseconds();
            foreach (var gauge in gauges)
            {
                model.Read(gauge, values, withHealth: false);
                rain.Observe(gauge, timeMs, default, [0], values);
            }
            foreach (var sensor in watched)
                if ((minute + sensor.Number) % sensor.EveryMinutes == 0) sensor.Read(model, values, timeMs, minute, rules[sensor.Sensor.Kind]);
        }
    }

    private static void Report(List<WatchedSensor> watched, string[] sets, double days)
    {
        var table = new Table().AddColumns(["kind", "sensors", "µs/reading", .. sets]);
        foreach (var kind in watched.GroupBy(w => w.Sensor.Kind))
        {
            var sensorDays = kind.Count() * days;
            var micros = kind.Sum(w => w.Ticks) * 1e6 / Stopwatch.Frequency / kind.Sum(w => w.Readings) / sets.Length;
            table.AddRow([kind.Key.ToString(), $"{kind.Count()}", $"{micros:F2}", .. Enumerable.Range(0, sets.Length).Select(g =>
                $"{Raised(kind, g)} = {Raised(kind, g) / sensorDays * 100:F2}")]);
        }
        AnsiConsole.WriteLine("alerts outside of faults = such alerts in 100 sensor-days");
        AnsiConsole.Write(table);
        foreach (var group in watched.Where(w => w.Fault is not null).GroupBy(w => (w.Sensor.Kind, Fault: w.Fault!.Kind)).OrderBy(g => g.Key))
            AnsiConsole.WriteLine($"{group.Key.Kind}, {group.Key.Fault}: {group.Count()} faults, found {string.Join(" | ", sets.Select((s, g) => $"{s} {group.Count(w => w.Sets[g].Found)}"))}");
    }

    /// <summary>When the last set raised, in hours of the run.</summary>
    private static void Story(List<WatchedSensor> watched)
    {
        foreach (var sensor in watched)
            foreach (var (minute, rule) in sensor.Sets[^1].Alerts.Take(3))
                AnsiConsole.WriteLine($"raised at hour {minute / 60.0:F1}: {sensor.Sensor.Id} {rule}");
    }

    /// <summary>Of each fall that the last set did not find: what its metrics read in dry weather and just before it.</summary>
    private static void Missed(List<WatchedSensor> watched)
    {
        foreach (var sensor in watched.Where(w => w.Fault is not null && !w.Sets[^1].Found))
        {
            var metrics = sensor.Sensor.Layout.Names.Take(2).Select((name, m) => string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{name} dry {sensor.Dry[m].Low:F3} to {sensor.Dry[m].High:F3}, before {sensor.Before[m]:F3}, nought is below it: {sensor.Dry[m].IsBelow(0)}"));
            AnsiConsole.WriteLine($"missed: {sensor.Sensor.Id} {string.Join("; ", metrics)}");
        }
    }

    private static int Raised(IEnumerable<WatchedSensor> kind, int set) => kind.Sum(w => w.Sets[set].Raised);

    private sealed class WatchedSensor(int index, Sensor sensor, int number)
    {
        private readonly SensorState _state = new();
        private readonly List<RuleChange> _changes = [];
        private readonly byte[] _slots = new byte[16];
        private readonly double[] _present = new double[16];

        public int Number => number;

        public Sensor Sensor => sensor;

        public CityFault? Fault { get; set; }

        public int EveryMinutes { get; } = sensor.Kind switch
        {
            SensorKind.WaterQuality => 15,
            SensorKind.River or SensorKind.Reservoir or SensorKind.Tide => 5,
            _ => 1,
        };

        /// <summary>Of the first two metrics, level and flow of an outfall, until an hour before the fault.</summary>
        public DryRange[] Dry { get; } = [new(), new()];

        /// <summary>Their last values before the fault.</summary>
        public double[] Before { get; } = new double[2];

        public List<WatchedSet> Sets { get; } = [];

        public long Ticks { get; private set; }

        public long Readings { get; private set; }

        public void Read(CityModel model, double[] values, long timeMs, int minute, SensorRules rules)
        {
            var slots = model.Read(index, values, withHealth: Readings % 10 == 0);
            var broken = Fault?.IsOn(minute) == true;
            if (Fault is not null && !broken && minute < Fault.FromMinute) Remember(values, timeMs, minute);
            if (broken) Fault!.Spoil(KindCatalogue.Of(sensor.Kind), values);
            var count = 0;
            for (var slot = 0; slot < slots; slot++)
            {
                if (double.IsNaN(values[slot])) continue;
                _slots[count] = (byte)slot;
                _present[count++] = values[slot];
            }
            Readings++;
            var (mark, arrival) = SensorEvaluator.Observe(
                _state, rules, Sensor, timeMs, Readings, timeMs, _slots.AsSpan(0, count), _present.AsSpan(0, count), _changes);
            if (arrival != Arrival.Latest || mark.Grade == QualityGrade.Bad) return;
            var began = Stopwatch.GetTimestamp();
            foreach (var set in Sets) set.Observe(timeMs, minute, Fault, _slots.AsSpan(0, count), _present.AsSpan(0, count));
            Ticks += Stopwatch.GetTimestamp() - began;
        }

        // The last hours before the fault are rain.
        private void Remember(double[] values, long timeMs, int minute)
        {
            for (var m = 0; m < Dry.Length; m++)
            {
                if (double.IsFinite(values[m])) Before[m] = values[m];
                if (minute < Fault!.FromMinute - 240) Dry[m].Observe(timeMs, values[m]);
            }
        }
    }

    private sealed class WatchedSet(SensorDetector detector)
    {
        private readonly List<RuleChange> _changes = [];
        private readonly HashSet<string> _open = [];

        /// <summary>Outside of the sensor's fault and the two hours after it.</summary>
        public int Raised => Alerts.Count;

        public List<(int Minute, string Rule)> Alerts { get; } = [];

        public bool Found { get; private set; }

        public void Observe(long timeMs, int minute, CityFault? fault, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
        {
            detector.Observe(timeMs, slots, values, _changes);
            foreach (var change in _changes)
            {
                if (change.Severity is null) _open.Remove(change.Rule);
                else if (_open.Add(change.Rule)) Count(minute, change.Rule, fault);
            }
            _changes.Clear();
        }

        private void Count(int minute, string rule, CityFault? fault)
        {
            if (fault?.IsOn(minute) == true) Found = true;
            else if (fault is null || minute < fault.FromMinute || minute >= fault.FromMinute + (2 * CityFault.Minutes)) Alerts.Add((minute, rule));
        }
    }
}
