using System.Diagnostics;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Registry.District;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Detectors;

/// <summary>
/// The simulated district without faults through quality checks and detectors as the sensor grains run them, in simulated time: alerts a
/// sensor-day at several thresholds at once, processor a reading, memory a sensor. Every alert on such days is a false one.
/// </summary>
public static class CityAlarms
{
    /// <summary>Both thresholds of each column.</summary>
    private static readonly (double Nats, double Level)[] Grid = [(3.9, 2.3), (4.5, 3), (5, 3.5), (5.5, 4), (6, 5), (7, 6), (8, 8), (10, 10)];

    private static readonly SensorKind[] Kinds =
    [
        SensorKind.Outfall, SensorKind.Pipe, SensorKind.River, SensorKind.Reservoir, SensorKind.Tide, SensorKind.WaterQuality,
    ];

    public static int Run(double days, int seed, StormKind storm, double stormDay)
    {
        var drafts = LuohuDistrict.Generate(new Dictionary<string, int>())
            .Where(d => Kinds.Contains(d.Kind) || d.Kind is SensorKind.Waterlogging or SensorKind.RainGauge).ToList();
        var city = drafts.Select(d => new CitySensor(d.Id, d.Kind, d.Name, d.Street, d.Place!.Value.Longitude, d.Place.Value.Latitude, d.Gateway, d.Downstream)).ToList();
        var start = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.FromHours(8));
        var model = new CityModel(city, new CityOptions { Seed = seed, Start = start, Storm = storm, StormDelay = TimeSpan.FromDays(stormDay), FiresPerDay = 0 });
        var folder = Directory.CreateTempSubdirectory("luohu-city-").FullName;
        var watched = city.Select((s, i) => (Sensor: s, Index: i)).Where(s => Kinds.Contains(s.Sensor.Kind))
            .Select((s, number) => new WatchedSensor(s.Index, s.Sensor, number)).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var g = 0; g < Grid.Length; g++)
        {
            var options = new DetectionOptions { NoveltyNats = Grid[g].Nats, ChartLevel = Grid[g].Level };
            var file = Path.Combine(folder, $"{g}");
            var detectors = new SensorDetectors(
                new StationDetectors(ModelStore.Open(file, NullLogger<ModelStore>.Instance)), new Thresholds(ModelStore.OpenFile(file), options),
                new StreamBoards(), options, NullLogger<SensorDetectors>.Instance);
            foreach (var sensor in watched) sensor.Sets.Add(new WatchedSet(detectors.For(sensor.Sensor)!));
            if (g == 0) AnsiConsole.WriteLine($"memory: {(GC.GetTotalMemory(true) - before) / 1024.0 / watched.Count:F1} KB a sensor of {watched.Count}");
        }
        Simulate(model, watched, start, days);
        Report(watched, days);
        return 0;
    }

    private static void Simulate(CityModel model, List<WatchedSensor> watched, DateTimeOffset start, double days)
    {
        var rules = new Dictionary<SensorKind, SensorRules>();
        foreach (var kind in Kinds) rules[kind] = LuohuIOC.Sensing.Rules.RuleCompiler.Compile(MetricLayout.Of(kind), []);
        var values = new double[16];
        for (var minute = 1; minute <= days * 1440; minute++)
        {
            model.AdvanceTo(TimeSpan.FromMinutes(minute));
            var timeMs = start.AddMinutes(minute).ToUnixTimeMilliseconds();
            foreach (var sensor in watched)
                if ((minute + sensor.Number) % sensor.EveryMinutes == 0) sensor.Read(model, values, timeMs, rules[sensor.Sensor.Kind]);
        }
    }

    private static void Report(List<WatchedSensor> watched, double days)
    {
        var table = new Table().AddColumns(["kind", "sensors", "µs/reading", .. Grid.Select(g => $"{g.Nats} / {g.Level}")]);
        foreach (var kind in watched.GroupBy(w => w.Sensor.Kind))
        {
            var sensorDays = kind.Count() * days;
            var micros = kind.Sum(w => w.Ticks) * 1e6 / Stopwatch.Frequency / kind.Sum(w => w.Readings) / Grid.Length;
            table.AddRow([kind.Key.ToString(), $"{kind.Count()}", $"{micros:F2}", .. Enumerable.Range(0, Grid.Length).Select(g =>
                $"{Raised(kind, g)} = {Raised(kind, g) / sensorDays * 100:F2}")]);
        }
        AnsiConsole.WriteLine("alerts = alerts in 100 sensor-days, by novelty's nats / chart's level");
        AnsiConsole.Write(table);
    }

    private static int Raised(IEnumerable<WatchedSensor> kind, int set) => kind.Sum(w => w.Sets[set].Raised);

    private sealed class WatchedSensor(int index, CitySensor city, int number)
    {
        private readonly SensorState _state = new();
        private readonly List<RuleChange> _changes = [];
        private readonly byte[] _slots = new byte[16];
        private readonly double[] _present = new double[16];

        public int Number => number;

        public Sensor Sensor { get; } = new()
        {
            Number = number,
            Id = city.Id,
            Kind = city.Kind,
            Name = city.Name,
            Street = city.Street,
            Longitude = city.Longitude,
            Latitude = city.Latitude,
            Gateway = city.Gateway,
            Layout = MetricLayout.Of(city.Kind),
        };

        public int EveryMinutes { get; } = city.Kind switch
        {
            SensorKind.WaterQuality => 15,
            SensorKind.River or SensorKind.Reservoir or SensorKind.Tide => 5,
            _ => 1,
        };

        public List<WatchedSet> Sets { get; } = [];

        public long Ticks { get; private set; }

        public long Readings { get; private set; }

        public void Read(CityModel model, double[] values, long timeMs, SensorRules rules)
        {
            var slots = model.Read(index, values, withHealth: Readings % 10 == 0);
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
            foreach (var set in Sets) set.Observe(timeMs, _slots.AsSpan(0, count), _present.AsSpan(0, count));
            Ticks += Stopwatch.GetTimestamp() - began;
        }
    }

    private sealed class WatchedSet(SensorDetector detector)
    {
        private readonly List<RuleChange> _changes = [];
        private readonly HashSet<string> _open = [];

        public int Raised { get; private set; }

        public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
        {
            detector.Observe(timeMs, slots, values, _changes);
            foreach (var change in _changes)
            {
                if (change.Severity is null) _open.Remove(change.Rule);
                else if (_open.Add(change.Rule)) Raised++;
            }
            _changes.Clear();
        }
    }
}
