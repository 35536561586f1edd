using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Which metrics are watched for novelty, from <c>novelty.json</c>, which says why.</summary>
internal static class NoveltyMetrics
{
    private static readonly (int Slot, string Metric, double Nats)[][] ByKind = Load();

    /// <summary>Slot, wire name and alert threshold in nats of each watched metric; empty for kinds without one.</summary>
    public static IReadOnlyList<(int Slot, string Metric, double Nats)> Of(SensorKind kind) => ByKind[(int)kind];

    /// <summary>Id of the rule that a metric's novelty is reported under: <c>novelty-level</c>.</summary>
    public static string RuleOf(string metric) => $"novelty-{metric}";

    private static (int, string, double)[][] Load()
    {
        using var stream = typeof(NoveltyMetrics).Assembly.GetManifestResourceStream("sensing/novelty.json")
            ?? throw new InvalidOperationException("Sensing/Detectors/novelty.json is not embedded.");
        var rows = JsonSerializer.Deserialize<NoveltyFile>(stream, JsonSerializerOptions.Web)!.Metrics.ToLookup(r => r.Kind);
        return [.. KindCatalogue.All.Select(kind => rows[kind.Name].Select(r => (SlotOf(kind, r.Metric), r.Metric, r.Nats)).ToArray())];
    }

    private static int SlotOf(KindDefinition kind, string metric)
    {
        for (var slot = 0; slot < kind.Metrics.Count; slot++)
            if (kind.Metrics[slot].Name == metric) return slot;
        throw new InvalidOperationException($"novelty.json: {kind.Name} has no metric {metric}.");
    }

    private sealed record NoveltyFile(NoveltyRow[] Metrics);

    private sealed record NoveltyRow(string Kind, string Metric, double Nats, string Why);
}
