using System.Globalization;
using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion.Journal;

namespace LuohuIOC.History.Upkeep;

/// <summary>One day written out.</summary>
/// <param name="Day">Day in Shanghai.</param>
/// <param name="File">Path below the data directory.</param>
/// <param name="Rows">Values in the file: one row is one metric of one reading.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record DayExport(DateOnly Day, string File, long Rows, long Bytes);

/// <summary>
/// One day of all sensors as <c>DataDirectory/export/yyyy-MM-dd.parquet</c>, in the long form that notebooks and Grafana like: columns
/// <c>sensor, kind, name, street, ts (UTC), metric, unit, value, quality, reason, seq, device_ts (UTC)</c>, sorted by sensor, metric, time, device time
/// and sequence. Everything that a reader needs is in the file: sensor, device time and sequence are a reading's identity. It appears when it is whole and on the disk.
/// <para>What a file has stays in it: written again, it has what history has of the day and what it had before, which retention may have deleted meanwhile.</para>
/// <para>Some sensors at a time: a day of 2.3 million readings of all kinds in one statement did not fit into the 512 MB that the writer lives in; in pieces the process peaks at 244 MB.</para>
/// </summary>
public sealed class ParquetExport(DuckDbHistory history, string dataDirectory)
{
    public const string Folder = "export";

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Brings a file, or the names in a folder, to the disk; tests look what is there by then.</summary>
    internal Action<string> MakeDurable { get; init; } = Flush;

    /// <summary>The file of a day, whether it is there or not.</summary>
    public string PathOf(DateOnly day) => Path.GetFullPath(Path.Combine(dataDirectory, Folder, NameOf(day)));

    /// <summary>Null, and nothing is written, when no reading of the day is stored: what was written of it before retention stays.</summary>
    /// <exception cref="HistoryUnavailableException">History cannot be read, or its disk is full.</exception>
    /// <exception cref="InvalidDataException">There is a file of the day that cannot be read; it is left as it is.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there is left as it is.</exception>
    public async Task<DayExport?> WriteAsync(DateOnly day, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var path = PathOf(day);
        var part = path + ".part";
        var pieces = path + ".pieces";
        try
        {
            if (Directory.Exists(pieces)) Directory.Delete(pieces, recursive: true);
            Directory.CreateDirectory(pieces);
            var rows = 0L;
            var files = new List<string>();
            foreach (var sensors in await history.QueryAsync((file, connection) => Pieces(file, connection, day), cancellationToken))
            {
                var piece = Path.Combine(pieces, $"{files.Count}.parquet");
                rows += await history.QueryAsync((file, connection) => Copy(file, connection, day, sensors, piece, cancellationToken), cancellationToken);
                files.Add(piece);
            }
            if (rows == 0) return null;
            rows = ParquetFiles.Join(File.Exists(path) ? ParquetFiles.Merge(path, files, pieces, cancellationToken) : files, part, cancellationToken);
            // Rows are deleted for this file: after a power cut it must be there, under its name, in a folder that is there.
            MakeDurable(part);
            File.Move(part, path, overwrite: true);
            MakeDurable(Path.GetDirectoryName(path)!);
            MakeDurable(dataDirectory);
            return new DayExport(day, $"{Folder}/{NameOf(day)}", rows, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(part);
            if (Directory.Exists(pieces)) Directory.Delete(pieces, recursive: true);
            _one.Release();
        }
    }

    /// <summary>Midnight of a day in Shanghai, Unix ms.</summary>
    public static long MidnightMs(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() - Every.ShanghaiMs;

    private static void Flush(string path)
    {
        if (Directory.Exists(path))
        {
            FileSync.FlushFolder(path);
            return;
        }
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private static string NameOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".parquet";

    private static string RangeOf(DateOnly day) => $"r.ts >= {Sql.Time(MidnightMs(day))} AND r.ts < {Sql.Time(MidnightMs(day.AddDays(1)))}";

    /// <summary>The day's sensors in the order of their names, cut where about <see cref="ParquetFiles.PieceValues"/> values are together.</summary>
    private static List<List<(KindTable Table, int Sensor)>> Pieces(HistoryFile file, DuckDBConnection connection, DateOnly day)
    {
        var tables = file.Tables.Values.ToArray();
        var counts = tables.Select((t, i) =>
            $"SELECT {i} AS kind, r.sensor, count(*) * {(t.IsList ? 8 : t.Metrics.Count)} AS size FROM {KindTable.Quote(t.Name)} r WHERE {RangeOf(day)} GROUP BY r.sensor");
        var pieces = new List<List<(KindTable, int)>>();
        var size = 0L;
        using var query = connection.CreateCommand();
        query.CommandText = $"SELECT c.kind, c.sensor, c.size FROM ({string.Join(" UNION ALL ", counts)}) c JOIN sensor s ON s.number = c.sensor ORDER BY s.id, c.kind";
        using var reader = query.ExecuteReader();
        for (var last = -1; reader.Read(); last = reader.GetInt32(1))
        {
            // Never within a sensor: its rows are sorted together.
            if (pieces.Count == 0 || (size > ParquetFiles.PieceValues && reader.GetInt32(1) != last))
            {
                pieces.Add([]);
                size = 0;
            }
            pieces[^1].Add((tables[reader.GetInt32(0)], reader.GetInt32(1)));
            size += reader.GetInt64(2);
        }
        return pieces;
    }

    private static long Copy(
        HistoryFile file, DuckDBConnection connection, DateOnly day, List<(KindTable Table, int Sensor)> sensors, string path, CancellationToken cancellationToken)
    {
        var parts = sensors.GroupBy(s => s.Table.Name, s => s.Sensor).SelectMany(ofKind =>
        {
            var table = file.Tables.Values.First(t => t.Name == ofKind.Key);
            var range = $"{RangeOf(day)} AND r.sensor IN ({string.Join(", ", ofKind)})";
            return table.IsList ? [GenericSql(table, range)] : table.Metrics.Select((_, i) => MetricSql(table, i, range));
        });
        // Times are stored as UTC; only with a zone does a Parquet reader know.
        connection.Execute("SET TimeZone = 'UTC'");
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            COPY (
                SELECT s.id AS sensor, v.kind, s.name, s.street, v.ts::TIMESTAMP::TIMESTAMPTZ AS ts, v.metric, v.unit, v.value,
                    {WordsSql<Ingestion.QualityGrade>("v.quality")} AS quality, {WordsSql<Ingestion.QualityReason>("v.reason")} AS reason,
                    v.seq, v.device_ts::TIMESTAMP::TIMESTAMPTZ AS device_ts
                FROM ({string.Join(" UNION ALL ", parts)}) v JOIN sensor s ON s.number = v.sensor
                ORDER BY s.id, v.metric, v.ts, v.device_ts, v.seq NULLS FIRST
            ) TO {ParquetFiles.Quoted(path)} (FORMAT parquet, COMPRESSION zstd)
            """;
        using var cancel = cancellationToken.Register(command.Cancel);
        return command.ExecuteNonQuery();
    }

    /// <summary>A mark is about the metrics that it names; the reading's others are good.</summary>
    private static string MetricSql(KindTable table, int index, string range)
    {
        var metric = table.Metrics[index];
        var unit = table.Definition.Metrics.FirstOrDefault(m => m.Name == metric)?.Unit;
        var blamed = $"(r.slots & {1UL << index}::UBIGINT) <> 0";
        return $"""
            SELECT r.sensor, '{table.Name}' AS kind, r.ts, '{metric}' AS metric, {(unit is null ? "NULL" : $"'{unit}'")} AS unit, r.{KindTable.Quote(metric)} AS value,
                CASE WHEN {blamed} THEN r.quality ELSE 0 END AS quality, CASE WHEN {blamed} THEN r.reason ELSE 0 END AS reason,
                r.seq, coalesce(r.device_ts, r.ts) AS device_ts
            FROM {KindTable.Quote(table.Name)} r WHERE {range} AND r.{KindTable.Quote(metric)} IS NOT NULL
            """;
    }

    private static string GenericSql(KindTable table, string range)
    {
        const string blamed = "(slots & (1::UBIGINT << slot::UBIGINT)) <> 0";
        return $"""
            SELECT sensor, '{table.Name}' AS kind, ts, metric, NULL AS unit, value,
                CASE WHEN {blamed} THEN quality ELSE 0 END AS quality, CASE WHEN {blamed} THEN reason ELSE 0 END AS reason,
                seq, coalesce(device_ts, ts) AS device_ts
            FROM (
                SELECT r.sensor, r.ts, r.device_ts, r.seq, r.quality, r.reason, r.slots, unnest(n.metrics) AS metric, unnest(r.{KindTable.ListColumn}) AS value,
                    unnest(range(len(n.metrics))) AS slot
                FROM {KindTable.Quote(table.Name)} r JOIN sensor n ON n.number = r.sensor WHERE {range}
            ) WHERE value IS NOT NULL AND NOT isnan(value)
            """;
    }

    private static string WordsSql<T>(string column) where T : struct, Enum =>
        $"CASE {column} {string.Concat(Enum.GetValues<T>().Select(v => $"WHEN {Convert.ToByte(v, CultureInfo.InvariantCulture)} THEN '{System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString())}' "))}END";
}
