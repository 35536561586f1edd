using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.DeviceProtocol;

/// <summary>How a metric's values behave, which decides the quality checks that make sense for it.</summary>
public enum MetricShape : byte
{
    /// <summary>A continuous quantity: range, rate, stuck and spike checks apply.</summary>
    Level,

    /// <summary>0 or 1: only the range applies.</summary>
    State,

    /// <summary>An amount per interval (rain): only the range applies, zeros for days are normal.</summary>
    Amount,
}

/// <summary>One metric of a kind, from <c>firmware-contracts/kinds.json</c>.</summary>
/// <param name="Name">Wire name, lower snake case ASCII.</param>
/// <param name="Unit">UCUM unit, case sensitive.</param>
/// <param name="Minimum">Smallest physically possible value, inclusive.</param>
/// <param name="Maximum">Largest physically possible value, inclusive.</param>
/// <param name="RateMax">Largest possible change in unit per second, null when there is none.</param>
/// <param name="Shape">How the values behave.</param>
public sealed record MetricDefinition(string Name, string Unit, double Minimum, double Maximum, double? RateMax, MetricShape Shape)
{
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>One kind of sensor: its wire name, its names for people and its metrics; a metric's index is its slot.</summary>
public sealed class KindDefinition
{
    internal KindDefinition(SensorKind kind, string name, string chinese, string english, TimeSpan silence, MetricDefinition[] metrics)
    {
        Kind = kind;
        Name = name;
        Chinese = chinese;
        English = english;
        Silence = silence;
        Metrics = metrics;
    }

    public SensorKind Kind { get; }

    public string Name { get; }

    public string Chinese { get; }

    public string English { get; }

    /// <summary>How long a sensor of this kind may say nothing before it counts as offline.</summary>
    public TimeSpan Silence { get; }

    public IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>Finds a metric by its wire name; -1 when this kind has none of that name.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        for (var i = 0; i < Metrics.Count; i++)
            if (utf8Name.SequenceEqual(Metrics[i].Utf8Name)) return i;
        return -1;
    }
}

/// <summary>All kinds and their metrics, read once from the firmware contract that is embedded in this assembly.</summary>
public static class KindCatalogue
{
    private static readonly KindDefinition[] ByKind;
    private static readonly FrozenDictionary<string, SensorKind> ByName;

    static KindCatalogue()
    {
        using var stream = typeof(KindCatalogue).Assembly.GetManifestResourceStream("kinds.json")
            ?? throw new InvalidOperationException("kinds.json is not embedded in the device protocol assembly.");
        var file = JsonSerializer.Deserialize(stream, KindsJson.Default.KindsFile)!;
        RateFloor = TimeSpan.FromSeconds(file.RateFloorS);
        ByKind = new KindDefinition[Enum.GetValues<SensorKind>().Length];
        foreach (var row in file.Kinds)
        {
            var kind = Enum.Parse<SensorKind>(row.Kind.Replace("_", ""), ignoreCase: true);
            var metrics = row.Metrics.Concat(file.Common).Concat(row.Added ?? [])
                .Select(m => new MetricDefinition(m.Name, m.Unit, m.Minimum, m.Maximum, m.RateMax, Enum.Parse<MetricShape>(m.Shape, true)))
                .ToArray();
            ByKind[(int)kind] = new KindDefinition(kind, row.Kind, row.Zh, row.En, TimeSpan.FromSeconds(row.SilenceS), metrics);
        }
        ByName = ByKind.ToFrozenDictionary(k => k.Name, k => k.Kind);
    }

    public static IReadOnlyList<KindDefinition> All => ByKind;

    /// <summary>Rates are judged over at least this long, so that two readings a second apart may differ by a minute's change.</summary>
    public static TimeSpan RateFloor { get; }

    public static KindDefinition Of(SensorKind kind) => ByKind[(int)kind];

    /// <summary>Parses a wire name such as <c>water_quality</c>.</summary>
    public static bool TryParse(string name, out SensorKind kind) => ByName.TryGetValue(name, out kind);
}

internal sealed record KindsFile(double RateFloorS, MetricRow[] Common, KindRow[] Kinds);

internal sealed record KindRow(string Kind, string Zh, string En, double SilenceS, MetricRow[] Metrics, MetricRow[]? Added);

internal sealed record MetricRow(string Name, string Unit, double Minimum, double Maximum, double? RateMax, string Shape);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KindsFile))]
internal sealed partial class KindsJson : JsonSerializerContext;
