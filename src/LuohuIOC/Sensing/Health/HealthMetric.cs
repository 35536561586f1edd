using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Health;

/// <summary>One metric that is compared with the neighbours' of the same name.</summary>
/// <param name="Slot">In the kind's layout.</param>
/// <param name="Name">Wire name.</param>
/// <param name="SpreadMin">Departures are measured in no less, in the metric's unit.</param>
/// <param name="Alone">What moves the neighbours need not move it.</param>
internal readonly record struct HealthMetric(int Slot, string Name, double SpreadMin, bool Alone)
{
    private static readonly HealthMetric[][] ByKind = Load();

    /// <summary>Empty for kinds whose sensors are not compared.</summary>
    public static HealthMetric[] Of(SensorKind kind) => ByKind[(int)kind];

    private static HealthMetric[][] Load()
    {
        using var stream = typeof(HealthMetric).Assembly.GetManifestResourceStream("sensing/health.json")
            ?? throw new InvalidOperationException("Sensing/Health/health.json is not embedded.");
        var rows = JsonSerializer.Deserialize<HealthFile>(stream, JsonSerializerOptions.Web)!.Metrics.ToLookup(r => r.Kind);
        return [.. KindCatalogue.All.Select(kind => rows[kind.Name].Select(r => new HealthMetric(SlotOf(kind, r.Metric), r.Metric, r.SpreadMin, r.Alone)).ToArray())];
    }

    private static int SlotOf(KindDefinition kind, string metric)
    {
        for (var slot = 0; slot < kind.Metrics.Count; slot++)
            if (kind.Metrics[slot].Name == metric) return slot;
        throw new InvalidOperationException($"health.json: {kind.Name} has no metric {metric}.");
    }

    private sealed record HealthFile(HealthRow[] Metrics);

    private sealed record HealthRow(string Kind, string Metric, double SpreadMin, bool Alone);
}
