using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>A metric that a frame's element stands for.</summary>
/// <param name="Name">Its wire name.</param>
/// <param name="Factor">What the element's value is multiplied with.</param>
/// <param name="Element">The element, as the protocol spells it.</param>
/// <param name="Rank">Where it stands in its table: of two elements of one metric the first counts. All the same where the last one does.</param>
public sealed record FrameMetric(byte[] Name, double Factor, string Element, int Rank);

/// <summary>
/// Which metric of a sensor an element of a national frame is, by kind of sensor: <c>metrics.json</c>, changed by configuration section
/// <c>Frames:{protocol}:{kind}</c>, for example <c>Frames:sl651:waterlogging:FF01=depth*0.01</c>. A generic sensor takes every element
/// under a name made of the protocol's own; what a known kind has no metric for is passed over, and told when it is all that a frame has (a supply voltage, in every report, is not).
/// </summary>
public sealed class FrameMetrics
{
    private static readonly PayloadForm[] Forms = [PayloadForm.Sl651, PayloadForm.Hj212, PayloadForm.Gb26875, PayloadForm.Senml, PayloadForm.Lorawan];

    private readonly FrozenDictionary<string, FrameMetric>.AlternateLookup<ReadOnlySpan<char>>[][] _tables;

    /// <exception cref="InvalidOperationException">A row names no kind, or a metric that the kind does not have.</exception>
    public FrameMetrics(IConfiguration? configuration = null)
    {
        using var stream = typeof(FrameMetrics).Assembly.GetManifestResourceStream("ingestion/metrics.json")!;
        var rows = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, string>>>>(stream)!;
        foreach (var protocol in configuration?.GetSection("Frames").GetChildren() ?? [])
            foreach (var kind in protocol.GetChildren())
                foreach (var element in kind.GetChildren())
                    Of(Of(rows, protocol.Key.ToLowerInvariant()), kind.Key)[element.Key] = element.Value ?? "";
        var known = rows.Keys.Except(Forms.Select(f => f.WireName())).FirstOrDefault();
        if (known is not null) throw new InvalidOperationException($"Frames:{known}: no such protocol.");
        _tables = [.. Forms.Select(f => TablesOf(f, rows.GetValueOrDefault(f.WireName()) ?? []))];

        static TValue Of<TValue>(Dictionary<string, TValue> map, string key) where TValue : new() =>
            map.TryGetValue(key, out var value) ? value : map[key] = new TValue();
    }

    /// <summary>The metric of an element in the protocol's spelling: 39, FF01; w01018; state.1, analogue.3. Null: passed over.</summary>
    public FrameMetric? Of(PayloadForm form, SensorKind kind, ReadOnlySpan<char> element) =>
        _tables[(int)form - 1][(int)kind].TryGetValue(element, out var metric) ? metric : null;

    /// <summary>The name under which a generic sensor takes an element of SL 651: <c>pj</c>, <c>ff01</c>, <c>e76</c>.</summary>
    public static string GenericNameOf(ushort element) =>
        Sl651Elements.Of(element)?.Ascii.ToLowerInvariant() ?? (element > 0xFF ? $"ff{element & 0xFF:x2}" : $"e{element:x2}");

    /// <summary>The name under which a generic sensor takes a factor of HJ 212: <c>w01018</c>, <c>f011</c>; null when there is none.</summary>
    public static byte[]? GenericNameOf(ReadOnlySpan<byte> factor)
    {
        var name = Encoding.Latin1.GetString(factor).ToLowerInvariant().Replace('-', '_');
        var bytes = Encoding.Latin1.GetBytes(name.Length > 0 && char.IsAsciiDigit(name[0]) ? "f" + name : name);
        return Topic.IsMetricName(bytes) ? bytes : null;
    }

    private static FrozenDictionary<string, FrameMetric>.AlternateLookup<ReadOnlySpan<char>>[] TablesOf(PayloadForm form, Dictionary<string, Dictionary<string, string>> rows)
    {
        foreach (var name in rows.Keys)
            if (!KindCatalogue.TryParse(name, out _)) throw new InvalidOperationException($"Frames:{form.WireName()}:{name}: no such kind of sensor.");
        return [.. KindCatalogue.All.Select(kind =>
            (rows.GetValueOrDefault(kind.Name) ?? []).Where(r => r.Value.Length > 0).Select((row, rank) => (row.Key, Metric: Parse(form, kind, row.Key, row.Value, rank)))
                .ToFrozenDictionary(r => r.Key, r => r.Metric, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>())];
    }

    // "flow*0.001"
    private static FrameMetric Parse(PayloadForm form, KindDefinition kind, string element, string text, int rank)
    {
        var parts = text.Split('*', 2, StringSplitOptions.TrimEntries);
        var name = Encoding.UTF8.GetBytes(parts[0]);
        var factor = 1.0;
        if (parts.Length > 1 && !double.TryParse(parts[1], CultureInfo.InvariantCulture, out factor))
            throw new InvalidOperationException($"Frames:{form.WireName()}:{kind.Name}:{element}={text}: '{parts[1]}' is no number.");
        if (kind.IndexOf(name) < 0) throw new InvalidOperationException($"Frames:{form.WireName()}:{kind.Name}:{element}={text}: the kind has no metric '{parts[0]}'.");
        // States of fire alarms and bits of uplinks add up instead: an alarm by hand is one beside a detector that sees nothing.
        return new FrameMetric(name, factor, element, form is PayloadForm.Sl651 or PayloadForm.Hj212 ? rank : 0);
    }
}
