using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History.Queries;

/// <summary>Raw readings, page by page or the newest of each sensor.</summary>
internal static class RawQuery
{
    private const int FixedColumns = 7;

    /// <summary>How far back the newest readings are looked for before everything is read: most sensors answer from the last hour, busy ones from the last minute.</summary>
    private static readonly long[] LookBackMs = [60_000, 3_600_000, 86_400_000, 30L * 86_400_000];

    public static ReadingPage<ReadingItem> Run(HistoryFile file, DuckDBConnection connection, ReadingRequest request, CancellationToken cancellationToken)
    {
        var units = QueryUnit.Of(file, request);
        var rows = new List<Row>();
        if (request.Last is { } last)
        {
            foreach (var unit in units) rows.AddRange(Newest(connection, unit, request, last, cancellationToken));
            return new ReadingPage<ReadingItem>([.. rows.Select(r => View(r, request))], null);
        }
        if (request.IsNewestFirst) return Back(connection, units, request, cancellationToken);
        var wanted = request.Limit + 1;
        var after = request.After;
        foreach (var unit in units)
        {
            if (after is { } mark && !unit.Sensors.ContainsKey(mark.Sensor)) continue;
            rows.AddRange(Page(connection, unit, request, after, wanted - rows.Count, cancellationToken));
            after = null;
            if (rows.Count == wanted) break;
        }
        var items = rows.Take(request.Limit).Select(r => View(r, request)).ToList();
        return new ReadingPage<ReadingItem>(items, rows.Count == wanted ? rows[request.Limit - 1].Mark.ToString() : null);
    }

    private static List<Row> Page(
        DuckDBConnection connection, QueryUnit unit, ReadingRequest request, PageMark? after, int limit, CancellationToken cancellationToken)
    {
        var behind = after is { } mark ? $" AND (sensor > {mark.Sensor} OR {mark.Key.AfterSql})" : "";
        return Read(connection, unit, $"""
            {SelectSql(unit)} WHERE {unit.WhereSql(unit.From(after), request.FromMs, request.ToMs)}{FilterSql(unit, request)}{behind}
            ORDER BY sensor, {RowKey.OrderSql} LIMIT {limit}
            """, cancellationToken);
    }

    /// <summary>From the newest back: a page ends at a mark, which no reading that arrives meanwhile moves.</summary>
    private static ReadingPage<ReadingItem> Back(DuckDBConnection connection, List<QueryUnit> units, ReadingRequest request, CancellationToken cancellationToken)
    {
        if (units is not [var unit] || (request.After is { } mark && !unit.Sensors.ContainsKey(mark.Sensor))) return new ReadingPage<ReadingItem>([], null);
        var asked = request.After is { } before ? request with { ToMs = Math.Min(request.ToMs - 1, before.Key.TimeMs) + 1 } : request;
        var rows = Newest(connection, unit, asked, request.Limit + 1, cancellationToken).Reverse().ToList();
        var next = rows.Count > request.Limit ? rows[request.Limit - 1].Mark.ToString() : null;
        return new ReadingPage<ReadingItem>([.. rows.Take(request.Limit).Select(r => View(r, request))], next);
    }

    /// <summary>Looks into an ever longer past for the sensors that have not enough yet.</summary>
    private static IEnumerable<Row> Newest(
        DuckDBConnection connection, QueryUnit unit, ReadingRequest request, int last, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<int, List<Row>>();
        var open = unit.Sensors.Keys.ToHashSet();
        var before = request.After is { } mark ? $" AND {mark.Key.BeforeSql}" : "";
        foreach (var fromMs in LookBackMs.Select(ms => request.ToMs - ms).Where(ms => ms > request.FromMs).Append(request.FromMs))
        {
            var rows = Read(connection, unit, $"""
                {SelectSql(unit)} WHERE {unit.WhereSql(open, fromMs, request.ToMs)}{FilterSql(unit, request)}{before}
                QUALIFY row_number() OVER (PARTITION BY sensor ORDER BY {RowKey.OrderDescendingSql}) <= {last}
                ORDER BY sensor, {RowKey.OrderSql}
                """, cancellationToken);
            foreach (var ofSensor in rows.GroupBy(r => r.Mark.Sensor))
            {
                found[ofSensor.Key] = [.. ofSensor];
                if (found[ofSensor.Key].Count == last) open.Remove(ofSensor.Key);
            }
            if (open.Count == 0) break;
        }
        return found.Values.SelectMany(r => r);
    }

    private static string SelectSql(QueryUnit unit) =>
        $"SELECT sensor, epoch_ms(ts), seq, epoch_ms(coalesce(device_ts, ts)), quality, reason, slots"
        + string.Concat(unit.Metrics.Select(m => ", " + unit.Table.ValueSql(m.Index))) + $" FROM {KindTable.Quote(unit.Table.Name)}";

    private static string FilterSql(QueryUnit unit, ReadingRequest request)
    {
        if (request.Metrics.Count == 0 && request.Quality == QualityFilter.All) return "";
        var hasOne = $"coalesce({string.Join(", ", unit.Metrics.Select(m => unit.TrustedSql(m.Index, request.Quality)))}) IS NOT NULL";
        // Who asks for one metric does not want the readings that lack it. A mark on one metric takes nothing from the others, asked for by name or not.
        return request.Metrics.Count > 0 ? $" AND {hasOne}" : $" AND (quality <= {request.Quality.Worst()} OR {hasOne})";
    }

    private static List<Row> Read(DuckDBConnection connection, QueryUnit unit, string sql, CancellationToken cancellationToken)
    {
        using var query = connection.CreateCommand();
        query.CommandText = sql;
        using var cancel = cancellationToken.Register(query.Cancel);
        using var reader = query.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            var values = new double[unit.Metrics.Count];
            for (var i = 0; i < values.Length; i++) values[i] = reader.IsDBNull(FixedColumns + i) ? double.NaN : reader.GetDouble(FixedColumns + i);
            var key = new RowKey(reader.GetInt64(1), reader.IsDBNull(2) ? ReadingGroup.NoSequence : reader.GetInt64(2), reader.GetInt64(3));
            var mark = new QualityMark((QualityGrade)reader.GetByte(4), (QualityReason)reader.GetByte(5), reader.GetFieldValue<ulong>(6));
            rows.Add(new Row(unit, new PageMark(reader.GetInt32(0), key), mark, values));
        }
        return rows;
    }

    private static ReadingItem View(Row row, ReadingRequest request) =>
        ReadingItem.Of(request, row.Unit.Sensors[row.Mark.Sensor], row.Unit.Metrics, row.Mark, row.Mark.Key, row.Quality, row.Values);

    private readonly record struct Row(QueryUnit Unit, PageMark Mark, QualityMark Quality, double[] Values);
}
