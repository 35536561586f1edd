using System.Collections.Concurrent;
using System.Text;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Registry;

/// <summary>
/// The order of a sensor's metrics. A metric's index is its slot in groups, grain state and history columns.
/// Sensors of a known kind share their kind's layout; generic sensors share interned layouts that grow by one metric at a time.
/// </summary>
public sealed class MetricLayout
{
    /// <summary>A reading never has more metrics than this; the wire contract says the same.</summary>
    public const int MetricsMax = 64;

    private readonly byte[][] _utf8Names;

    public MetricLayout(IReadOnlyList<string> names, KindDefinition? kind = null)
    {
        Names = names;
        Kind = kind;
        _utf8Names = [.. names.Select(Encoding.UTF8.GetBytes)];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Definitions by slot, null for a generic layout.</summary>
    public KindDefinition? Kind { get; }

    public static MetricLayout Of(SensorKind kind) => Shared[(int)kind];

    /// <summary>The slot of a metric; -1 when the layout has none of that name.</summary>
    /// <param name="utf8Name">Wire name.</param>
    /// <param name="guess">Where it probably is: payloads list metrics in one order again and again.</param>
    public int SlotOf(ReadOnlySpan<byte> utf8Name, int guess = 0)
    {
        var names = _utf8Names;
        if ((uint)guess < (uint)names.Length && utf8Name.SequenceEqual(names[guess])) return guess;
        for (var i = 0; i < names.Length; i++)
            if (utf8Name.SequenceEqual(names[i])) return i;
        return -1;
    }

    /// <summary>
    /// The layout of exactly these names: one instance for all generic sensors that have sent the same metrics in the same order.
    /// As many instances as there are orders, at most <see cref="InternedMax"/>; beyond it every sensor pays for its own.
    /// </summary>
    public static MetricLayout Generic(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return Of(SensorKind.Generic);
        var key = string.Join(',', names);
        if (Interned.TryGetValue(key, out var known)) return known;
        var layout = new MetricLayout([.. names]);
        return Interned.Count < InternedMax ? Interned.GetOrAdd(key, layout) : layout;
    }

    /// <summary>This layout with one metric more in the next slot.</summary>
    public MetricLayout With(string name) => Generic([.. Names, name]);

    private const int InternedMax = 10_000;

    private static readonly ConcurrentDictionary<string, MetricLayout> Interned = new(StringComparer.Ordinal);

    private static readonly MetricLayout[] Shared =
        [.. KindCatalogue.All.Select(k => new MetricLayout([.. k.Metrics.Select(m => m.Name)], k.Kind == SensorKind.Generic ? null : k))];
}
