using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History.Queries;

/// <summary>Figures over buckets of time.</summary>
internal static class BucketQuery
{
    public static ReadingPage<BucketItem> Run(HistoryFile file, DuckDBConnection connection, ReadingRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Limit + 1;
        var after = request.After;
        var rows = new List<(PageMark Mark, BucketItem Item)>();
        foreach (var unit in QueryUnit.Of(file, request))
        {
            if (after is { } mark && !unit.Sensors.ContainsKey(mark.Sensor)) continue;
            Read(connection, unit, request, after, wanted - rows.Count, rows, cancellationToken);
            after = null;
            if (rows.Count == wanted) break;
        }
        var items = rows.Take(request.Limit).Select(r => r.Item).ToList();
        return new ReadingPage<BucketItem>(items, rows.Count == wanted ? rows[request.Limit - 1].Mark.ToString() : null);
    }

    private static void Read(
        DuckDBConnection connection, QueryUnit unit, ReadingRequest request, PageMark? after, int limit, List<(PageMark, BucketItem)> rows,
        CancellationToken cancellationToken)
    {
        using var query = connection.CreateCommand();
        query.CommandText = StatementSql(unit, request, after, limit);
        using var cancel = cancellationToken.Register(query.Cancel);
        using var reader = query.ExecuteReader();
        while (reader.Read())
        {
            var sensor = unit.Sensors[reader.GetInt32(0)];
            var ts = reader.GetInt64(1);
            var column = 3;
            double? Next() => reader.IsDBNull(column++) ? null : reader.GetDouble(column - 1);
            var id = request.NamesSensors ? sensor.Id : null;
            var item = unit.Metrics.Count == 1 && request.Metrics.Count == 1 && request.Aggregates.Count == 1
                ? new BucketItem(id, ts, reader.GetInt64(2), Next(), null)
                : new BucketItem(id, ts, reader.GetInt64(2), null, unit.Metrics
                    .Select(m => (m.Name, Figures: request.Aggregates.ToDictionary(a => a.ToString().ToLowerInvariant(), _ => Next())))
                    .Where(m => m.Figures.Any(f => f.Key == "count" ? f.Value > 0 : f.Value is not null))
                    .ToDictionary(m => m.Name, IReadOnlyDictionary<string, double?> (m) => m.Figures));
            rows.Add((new PageMark(sensor.Number, new RowKey(ts, ReadingGroup.NoSequence, ts)), item));
        }
    }

    private static string StatementSql(QueryUnit unit, ReadingRequest request, PageMark? after, int limit)
    {
        var bucket = request.EveryMs is { } every ? Every.BucketSql(every) : request.FromMs.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var names = unit.Metrics.Select((_, i) => $"m{i}").ToList();
        var trusted = unit.Metrics.Select((m, i) => $"{unit.TrustedSql(m.Index, request.Quality)} AS m{i}");
        var figures = names.SelectMany(_ => request.Aggregates, FigureSql);
        var place = request.Aggregates.Any(a => a is Aggregate.First or Aggregate.Last) ? $"({RowKey.OrderSql}) AS place, " : "";
        var behind = after is { } mark ? $" AND (sensor > {mark.Sensor} OR bucket > {mark.Key.TimeMs})" : "";
        return $"""
            SELECT sensor, bucket, count(*), {string.Join(", ", figures)}
            FROM (
                SELECT sensor, ({bucket})::BIGINT AS bucket, {place}{string.Join(", ", trusted)} FROM {KindTable.Quote(unit.Table.Name)}
                WHERE {unit.WhereSql(unit.From(after), request.FromMs, request.ToMs)}
            )
            WHERE coalesce({string.Join(", ", names)}) IS NOT NULL{behind}
            GROUP BY sensor, bucket ORDER BY sensor, bucket LIMIT {limit}
            """;
    }

    /// <summary>Figures pass over nulls.</summary>
    private static string FigureSql(string value, Aggregate aggregate) => aggregate switch
    {
        Aggregate.Min => $"min({value})",
        Aggregate.Max => $"max({value})",
        Aggregate.Mean => $"avg({value})",
        Aggregate.Sum => $"sum({value})",
        Aggregate.Count => $"count({value})::DOUBLE",
        Aggregate.First => $"arg_min({value}, place)",
        Aggregate.Last => $"arg_max({value}, place)",
        Aggregate.P50 => $"quantile_cont({value}, 0.5)",
        Aggregate.P95 => $"quantile_cont({value}, 0.95)",
        _ => throw new InvalidOperationException($"Aggregate {aggregate} has no SQL."),
    };
}
