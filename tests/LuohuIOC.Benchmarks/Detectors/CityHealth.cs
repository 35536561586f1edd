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
/// from half of the run on every tenth compared sensor drifts (8 spreads a day) or is off by 15 spreads, in turn.
/// </summary>
public static class CityHealth
{
    private const double DriftSpreadsPerDay = 8;
    private const double BiasSpreads = 15;

    public static int Run(double days, int seed, StormKind storm, double stormDay)
    {
        var drafts = LuohuDistrict.Generate(new Dictionary<string, int>()).Where(d => HealthMetric.Of(d.Kind).Length > 0 || d.Kind == SensorKind.Tide).ToList();
        var city = drafts.Select(d => new CitySensor(d.Id, d.Kind, d.Name, d.Street, d.Place!.Value.Longitude, d.Place.Value.Latitude, d.Gateway, d.Downstream)).ToList();
        var registry = new SensorRegistry();
        registry.Apply(drafts);
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
            for (var i = 0; i < city.Count; i++) latest.Set(i, new LatestReading(timeMs, Read(model, i, at - TimeSpan.FromDays(days / 2)), default));
            var began = Stopwatch.GetTimestamp();
            round.Look(timeMs);
            (ticks, looks) = (ticks + Stopwatch.GetTimestamp() - began, looks + 1);
            for (var i = 0; i < city.Count; i++)
                if (board.Of(i)?.Fault is { } fault) seen.TryAdd(i, fault.Fault);
        }
        Report(city, seen);
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
