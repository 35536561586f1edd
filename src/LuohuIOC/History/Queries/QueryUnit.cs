using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>
/// Sensors that one statement can answer for: all of one kind, or one generic sensor, whose slots are its own. Answers come unit by
/// unit, within a unit by sensor number.
/// </summary>
internal sealed class QueryUnit
{
    private QueryUnit(KindTable table, IReadOnlyList<Sensor> sensors, IReadOnlyList<string> wanted)
    {
        Table = table;
        Sensors = sensors.ToDictionary(s => s.Number);
        var names = table.IsList ? sensors[0].Layout.Names : table.Metrics;
        Metrics = [.. Enumerable.Range(0, names.Count).Where(i => wanted.Count == 0 || wanted.Contains(names[i])).Select(i => (names[i], i))];
    }

    public KindTable Table { get; }

    public IReadOnlyDictionary<int, Sensor> Sensors { get; }

    /// <summary>Metrics asked for that the sensors have, with their index in the table.</summary>
    public IReadOnlyList<(string Name, int Index)> Metrics { get; }

    public static List<QueryUnit> Of(HistoryFile file, ReadingRequest request) =>
    [
        .. request.Sensors
            .GroupBy(s => (s.Kind, s.Kind == SensorKind.Generic ? s.Number : 0))
            .OrderBy(g => g.Key)
            .Select(g => new QueryUnit(file.Tables[g.Key.Kind], [.. g], request.Metrics))
            .Where(u => u.Metrics.Count > 0),
    ];

    /// <summary>Rows of the given sensors in a range of time.</summary>
    public string WhereSql(IEnumerable<int> sensors, long fromMs, long toMs) =>
        $"sensor IN ({string.Join(',', sensors)}) AND ts >= {Sql.Time(fromMs)} AND ts < {Sql.Time(toMs)}";

    /// <summary>The sensors of this unit that come at or after the page's mark; all without one.</summary>
    public IEnumerable<int> From(PageMark? after) => after is { } mark ? Sensors.Keys.Where(n => n >= mark.Sensor) : Sensors.Keys;

    /// <summary>A metric's value where it is trusted enough; a reading's mark names the metrics that it is about.</summary>
    public string TrustedSql(int index, QualityFilter filter)
    {
        var value = Table.ValueSql(index);
        if (filter == QualityFilter.All) return value;
        return $"CASE WHEN quality > {filter.Worst()} AND (slots & {1UL << index}::UBIGINT) <> 0 THEN NULL ELSE {value} END";
    }
}
