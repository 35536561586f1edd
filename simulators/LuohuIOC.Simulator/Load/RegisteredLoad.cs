using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Simulator.Load;

/// <summary>Load for the sensors of a registry: each sends metrics of its own kind at values of a quiet day, so that no rule fires.</summary>
public static class RegisteredLoad
{
    /// <summary>
    /// The registry's gateways with their first <paramref name="sensorsMax"/> sensors (0 = all). A gateway without a secret is left out;
    /// with no <paramref name="secrets"/> at all every gateway connects anonymously.
    /// </summary>
    public static IReadOnlyList<LoadGateway> Gateways(
        IEnumerable<CitySensor> sensors, IReadOnlyDictionary<string, string>? secrets, int metrics, int sensorsMax)
    {
        if (sensorsMax > 0) sensors = sensors.Take(sensorsMax);
        return
        [
            .. sensors.Where(s => s.Kind != SensorKind.Generic && secrets?.ContainsKey(s.Gateway) != false)
                .GroupBy(s => s.Gateway)
                .Select(g => new LoadGateway(g.Key, secrets?[g.Key], [.. g.Select(s => new LoadSensor(s.Id, Metrics(s.Kind, metrics)))])),
        ];
    }

    private static LoadMetric[] Metrics(SensorKind kind, int count) =>
        [.. KindCatalogue.Of(kind).Metrics.Take(count).Select(m => new LoadMetric(m.Name, Pattern(kind, m)))];

    private static string Pattern(SensorKind kind, MetricDefinition metric) => (kind, metric.Name) switch
    {
        (_, _) when metric.Shape == MetricShape.State => "0",
        (SensorKind.Reservoir, _) => "25.0###",
        (SensorKind.Heat or SensorKind.WaterQuality, "temperature") => "24.0###",
        (_, "ph") => "7.1###",
        (_, "dissolved_oxygen") => "6.8###",
        (_, "codmn") => "3.1###",
        (_, "ammonia_nitrogen") => "0.2###",
        (_, "turbidity") => "12.###",
        (_, "conductivity") => "320.###",
        (_, "voltage") => "221.###",
        (_, "current") => "15.###",
        (_, "magnetic_field") => "40.###",
        (_, "battery") => "92.###",
        (_, "signal") => "-71.###",
        (_, "velocity") => "0.4###",
        _ => "0.0###",
    };
}
