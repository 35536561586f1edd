using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Quality;

/// <summary>What is checked of one metric: range and rate from the kind catalogue, the rest from <c>quality.json</c>.</summary>
internal readonly record struct MetricCheck
{
    public double Minimum { get; init; }

    public double Maximum { get; init; }

    /// <summary>Largest possible change per millisecond, infinity when there is no limit.</summary>
    public double RatePerMs { get; init; }

    /// <summary>Smallest step that may count as a spike, infinity = spikes are not looked for.</summary>
    public double SpikeJump { get; init; }

    /// <summary>A value of at most this size may stay the same for ever (a dry street, an empty pipe); negative = none.</summary>
    public double RestMax { get; init; }

    /// <summary>Equal readings before a metric counts as stuck, 0 = not looked for.</summary>
    public int StuckReadings { get; init; }

    public long StuckMs { get; init; }

    /// <summary>Index of the metric's state, −1 when only the range is checked.</summary>
    public int Tracked { get; init; }
}

/// <summary>The checks of one kind by slot. Generic sensors have none: nothing is known of their metrics.</summary>
internal sealed class QualityProfile
{
    private static readonly QualityProfile[] ByKind = Load();

    private QualityProfile(MetricCheck[] checks, int trackedCount)
    {
        Checks = checks;
        TrackedCount = trackedCount;
    }

    public MetricCheck[] Checks { get; }

    /// <summary>Metrics that are amounts, a bit a slot.</summary>
    public ulong AmountSlots { get; private init; }

    /// <summary>Metrics that tell of the world and not of the device itself, a bit a slot.</summary>
    public ulong MeasuredSlots { get; private init; }

    /// <summary>Metrics with a <see cref="MetricState"/>.</summary>
    public int TrackedCount { get; }

    public static QualityProfile Of(SensorKind kind) => ByKind[(int)kind];

    private static QualityProfile[] Load()
    {
        using var stream = typeof(QualityProfile).Assembly.GetManifestResourceStream("sensing/quality.json")
            ?? throw new InvalidOperationException("Sensing/Quality/quality.json is not embedded.");
        var file = JsonSerializer.Deserialize<QualityFile>(stream, JsonSerializerOptions.Web)!;
        var rows = file.Checks.ToDictionary(r => (r.Kind, r.Metric));
        var profiles = KindCatalogue.All.Select(kind => Profile(kind, rows)).ToArray();
        if (rows.Count > 0)
            throw new InvalidOperationException($"quality.json: unknown kind or metric: {string.Join(", ", rows.Keys)}.");
        return profiles;
    }

    private static QualityProfile Profile(KindDefinition kind, Dictionary<(string, string), QualityRow> rows)
    {
        if (kind.Kind == SensorKind.Generic) return new QualityProfile([], 0);
        var tracked = 0;
        var checks = new MetricCheck[kind.Metrics.Count];
        for (var slot = 0; slot < checks.Length; slot++)
        {
            var metric = kind.Metrics[slot];
            rows.Remove((kind.Name, metric.Name), out var row);
            checks[slot] = new MetricCheck
            {
                Minimum = metric.Minimum,
                Maximum = metric.Maximum,
                RatePerMs = metric.RateMax / 1000 ?? double.PositiveInfinity,
                SpikeJump = row?.SpikeJump ?? double.PositiveInfinity,
                RestMax = row?.RestMax ?? -1,
                StuckReadings = row?.StuckReadings ?? 0,
                StuckMs = (long)((row?.StuckHours ?? 0) * 3_600_000),
                Tracked = metric.RateMax is not null || row is not null ? tracked++ : -1,
            };
        }
        var amounts = kind.Metrics.Select((m, slot) => m.Shape == MetricShape.Amount ? 1UL << slot : 0).Aggregate(0UL, (all, bit) => all | bit);
        var measured = kind.Metrics.Select((m, slot) => m.Name is "battery" or "signal" ? 0 : 1UL << slot).Aggregate(0UL, (all, bit) => all | bit);
        return new QualityProfile(checks, tracked) { AmountSlots = amounts, MeasuredSlots = measured };
    }

    private sealed record QualityFile(QualityRow[] Checks);

    private sealed record QualityRow(string Kind, string Metric, double? SpikeJump, int? StuckReadings, double? StuckHours, double? RestMax);
}
