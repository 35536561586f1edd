using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// The table of one kind of sensor: a row a reading, a column a metric, named as on the wire, so that the file reads well
/// without this program and a metric added to the contract later does not shift the meaning of older rows. Generic sensors, whose
/// metrics nobody knows beforehand, have one list by slot instead, NaN where a reading had no value; names are in table <c>sensor</c>.
/// </summary>
internal sealed class KindTable
{
    /// <summary>Columns before the metrics.</summary>
    public const int FixedColumns = 8;

    /// <summary>The list of a generic sensor's values.</summary>
    public const string ListColumn = "metrics";

    private const string Fixed =
        "sensor INTEGER NOT NULL, ts TIMESTAMP_MS NOT NULL, device_ts TIMESTAMP_MS, seq BIGINT, received TIMESTAMP_MS NOT NULL, " +
        "quality UTINYINT NOT NULL, reason UTINYINT NOT NULL, slots UBIGINT NOT NULL";

    private readonly int[] _columnOfSlot;

    /// <param name="definition">The kind.</param>
    /// <param name="storedMetrics">Metric columns in the file's order, which is the order in which the contract gained them.</param>
    public KindTable(KindDefinition definition, IReadOnlyList<string> storedMetrics)
    {
        Definition = definition;
        Metrics = storedMetrics;
        _columnOfSlot = [.. definition.Metrics.Select(m => storedMetrics.ToList().IndexOf(m.Name))];
        SlotsAreColumns = IsList || _columnOfSlot.Select((column, slot) => column == slot).All(same => same);
    }

    public KindDefinition Definition { get; }

    public string Name => Definition.Name;

    public bool IsList => Definition.Kind == SensorKind.Generic;

    /// <summary>Metric columns in order; empty for the generic table.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>True when slot i is metric column i, which holds until the contract inserts a metric.</summary>
    public bool SlotsAreColumns { get; }

    public int ColumnOfSlot(int slot) => SlotsAreColumns ? slot : _columnOfSlot[slot];

    /// <summary>Bits by slot → bits by column; all bits stay all.</summary>
    public ulong ColumnBits(ulong slots)
    {
        if (SlotsAreColumns || slots is 0 or ulong.MaxValue) return slots;
        var bits = 0UL;
        for (var slot = 0; slot < _columnOfSlot.Length; slot++)
            if ((slots >> slot & 1) != 0) bits |= 1UL << _columnOfSlot[slot];
        return bits;
    }

    /// <summary>Bits by column → bits by slot.</summary>
    public ulong SlotBits(ulong columns)
    {
        if (SlotsAreColumns || columns is 0 or ulong.MaxValue) return columns;
        var bits = 0UL;
        for (var slot = 0; slot < _columnOfSlot.Length; slot++)
            if ((columns >> _columnOfSlot[slot] & 1) != 0) bits |= 1UL << slot;
        return bits;
    }

    /// <summary>The value of a metric as SQL; null where the reading had none.</summary>
    /// <param name="index">Metric column, or slot of a generic sensor.</param>
    public string ValueSql(int index) => IsList ? $"nullif({ListColumn}[{index + 1}], 'nan'::DOUBLE)" : Quote(Metrics[index]);

    /// <summary>Which metrics a row has, a bit a column, as SQL.</summary>
    /// <param name="row">The row's alias with its dot.</param>
    public string PresentSql(string row)
    {
        var columns = IsList ? MetricLayout.MetricsMax : Metrics.Count;
        var bits = Enumerable.Range(0, columns).Select(i => $"CASE WHEN {(IsList ? $"nullif({row}{ListColumn}[{i + 1}], 'nan'::DOUBLE)" : row + Quote(Metrics[i]))} IS NULL THEN 0 ELSE {1UL << i} END");
        return $"({string.Join(" | ", bits.Select(b => $"({b})::UBIGINT"))})";
    }

    public static string CreateSql(KindDefinition kind)
    {
        var metrics = kind.Kind == SensorKind.Generic
            ? $", {ListColumn} DOUBLE[] NOT NULL"
            : string.Concat(kind.Metrics.Select(m => $", {Quote(m.Name)} DOUBLE"));
        return $"CREATE TABLE IF NOT EXISTS {Quote(kind.Name)} ({Fixed}{metrics})";
    }

    public static string Quote(string name) => $"\"{name}\"";
}
