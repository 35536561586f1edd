using System.Diagnostics;
using LuohuIOC.Detection.Health;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Registry.District;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Detectors;

/// <summary>
/// The watch over sensors in the simulated district, in simulated time: sensors suspected that are well, and faults found of those made:
/// from half of the run on, hours apart, every tenth compared sensor drifts (8 spreads a day) or is off by 15 spreads, in turn.
/// </summary>
public static class CityHealth
{
    private const double DriftSpreadsPerDay = 8;
    private const double BiasSpreads = 15;

    /// <summary>Faults begin one after the other, as real ones do: two that begin at once at stations of one water are an event to any judge.</summary>
    private const int StaggerSteps = 5, StaggerHours = 9;

    public static int Run(double days, int seed, StormKind storm, double stormDay)
    {
        var drafts = LuohuDistrict.Generate(new Dictionary<string, int>()).Where(d => HealthMetric.Of(d.Kind).Length > 0 || d.Kind == SensorKind.Tide).ToList();
        // The registry refuses a row whose next station downstream is none of its own, and every number after it would be another sensor's.
        var ids = drafts.Select(d => d.Id).ToHashSet();
        drafts = [.. drafts.Select(d => d.Downstream is { } next && !ids.Contains(next) ? d with { Downstream = null } : d)];
        var city = drafts.Select(d => new CitySensor(d.Id, d.Kind, d.Name, d.Street, d.Place!.Value.Longitude, d.Place.Value.Latitude, d.Gateway, d.Downstream)).ToList();
        var registry = new SensorRegistry();
        registry.Apply(drafts);
        for (var i = 0; i < city.Count; i++)
            if (i >= registry.Count || registry[i].Id != city[i].Id) throw new InvalidOperationException($"{city[i].Id} is not number {i} of the registry.");
        var start = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.FromHours(8));
        var model = new CityModel(city, new CityOptions { Seed = seed, Start = start, Storm = storm, StormDelay = TimeSpan.FromDays(stormDay), FiresPerDay = 0 });
        var (latest, board, options) = (new LatestBoard(), new HealthBoard(), new HealthOptions());
        var round = new HealthRound(registry, latest, board, options);
        var seen = new Dictionary<int, SensorFault>();
        var (ticks, looks) = (0L, 0);
        for (var at = options.Every; at <= TimeSpan.FromDays(days); at += options.Every)
        {
            model.AdvanceTo(at);
            var timeMs = (start + at).ToUnixTimeMilliseconds();
            for (var i = 0; i < city.Count; i++) latest.Set(i, new LatestReading(timeMs, Read(model, i, at - TimeSpan.FromDays(days / 2) - TimeSpan.FromHours(i / 10 % StaggerSteps * StaggerHours)), default));
            var began = Stopwatch.GetTimestamp();
            round.Look(timeMs);
            (ticks, looks) = (ticks + Stopwatch.GetTimestamp() - began, looks + 1);
            for (var i = 0; i < city.Count; i++)
                if (board.Of(i)?.Fault is { } fault) seen.TryAdd(i, fault.Fault);
        }
        Report(city, seen);
        Missed(city, seen, round, registry, new HealthPeers(registry, options));
        AnsiConsole.WriteLine($"{days} days, {ticks * 1e3 / Stopwatch.Frequency / looks:F2} ms a look at {city.Count} sensors");
        return 0;
    }

    private static SensorFault FaultOf(CitySensor sensor, int index) => HealthMetric.Of(sensor.Kind).Length == 0 || index % 10 != 0 ? SensorFault.None
        : index / 10 % 2 == 0 ? SensorFault.Drift : SensorFault.Bias;

    private static double[] Read(CityModel model, int index, TimeSpan faulty)
    {
        var values = new double[16];
        values = values[..model.Read(index, values, withHealth: true)];
        var sensor = model.Sensors[index];
        if (faulty <= TimeSpan.Zero || FaultOf(sensor, index) is not (not SensorFault.None and var fault)) return values;
        var metric = HealthMetric.Of(sensor.Kind)[0];
        values[metric.Slot] += metric.SpreadMin * (fault == SensorFault.Bias ? BiasSpreads : DriftSpreadsPerDay * faulty.TotalDays);
        return values;
    }

    /// <summary>Why each fault was missed, as it stands at the end: own departure, the neighbours', those of the stations that the same water passes.</summary>
    private static void Missed(List<CitySensor> city, Dictionary<int, SensorFault> seen, HealthRound round, SensorRegistry registry, HealthPeers peers)
    {
        var healths = round.Sensors.ToDictionary(s => s.Number, s => s.Health);
        string Departures(int[] numbers) => string.Join(' ', numbers.Select(n => healths.TryGetValue(n, out var health) && health.Metrics.Length > 0 ? $"{n}:{health.Metrics[0].Departure:F1}{(health.Metrics[0].Judge.Fault == SensorFault.None ? "" : "!")}" : $"{n}:-"));
        for (var i = 0; i < city.Count; i++)
        {
            if (FaultOf(city[i], i) is SensorFault.None || seen.ContainsKey(i)) continue;
            var metric = healths[i].Metrics[0];
            var set = peers.Of(registry[i]);
            AnsiConsole.WriteLine(
                $"missed {FaultOf(city[i], i)} at {i} {city[i].Id}: departure {metric.Departure:F1}, difference {metric.Judge.Difference:F1}, spread {metric.Season.Spread:G3}, neighbours {Departures(set.Same)}, linked {Departures(set.Linked)}");
        }
    }

    private static void Report(List<CitySensor> city, Dictionary<int, SensorFault> seen)
    {
        var table = new Table().AddColumns("kind", "well", "suspected", "drifting", "found", "as drift", "biased", "found ", "as bias");
        foreach (var kind in city.Select((s, i) => (Sensor: s, Index: i, Fault: FaultOf(s, i))).Where(s => HealthMetric.Of(s.Sensor.Kind).Length > 0).GroupBy(s => s.Sensor.Kind))
        {
            int Count(SensorFault made, Func<SensorFault, bool> found) => kind.Count(s => s.Fault == made && seen.TryGetValue(s.Index, out var fault) && found(fault));
            table.AddRow(
                $"{kind.Key}", $"{kind.Count(s => s.Fault == SensorFault.None)}", $"{Count(SensorFault.None, _ => true)}",
                $"{kind.Count(s => s.Fault == SensorFault.Drift)}", $"{Count(SensorFault.Drift, _ => true)}", $"{Count(SensorFault.Drift, f => f == SensorFault.Drift)}",
                $"{kind.Count(s => s.Fault == SensorFault.Bias)}", $"{Count(SensorFault.Bias, _ => true)}", $"{Count(SensorFault.Bias, f => f == SensorFault.Bias)}");
        }
        AnsiConsole.Write(table);
    }
}
