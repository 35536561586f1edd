using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;

namespace LuohuIOC.History.Upkeep;

/// <summary>Lays the Parquet files of one day together, some sensors at a time: beside the writer's memory and not in it, 256 MB at most.</summary>
internal static class ParquetFiles
{
    /// <summary>Values of a statement, about: some 40 MB to sort.</summary>
    public const long PieceValues = 250_000;

    /// <summary>One file of several, in their order.</summary>
    /// <returns>Values in it.</returns>
    /// <exception cref="IOException">The file cannot be written, or does not hold what was written into it.</exception>
    public static long Join(IReadOnlyList<string> pieces, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = Open(Path.GetDirectoryName(path)!);
            var rows = Copy(connection, $"FROM {Read(pieces)}", path, cancellationToken);
            var there = connection.Scalar($"SELECT count(*) FROM {Read([path])}", 0L);
            return there == rows ? rows : throw new IOException($"{path}: {rows} values were written and {there} are there. Check the disk; the export is tried again with the next one of the day.");
        }
        catch (DuckDBException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{path}: cannot be written ({e.Message.ReplaceLineEndings(" ")}). Make room on the disk and see that this program may write there; nothing was replaced.", e);
        }
    }

    /// <summary>
    /// What history has of a day and what only the day's file has, as pieces in the file's order. A value is the same when sensor, metric, times, sequence
    /// and figure are; then history's row stands, which may have been marked since.
    /// </summary>
    /// <param name="file">The day's file.</param>
    /// <param name="fresh">History's, in pieces.</param>
    /// <param name="folder">Where the pieces are written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The day's file cannot be read: it must be moved away by hand.</exception>
    /// <exception cref="IOException">A piece cannot be written.</exception>
    public static List<string> Merge(string file, IReadOnlyList<string> fresh, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = Open(folder);
            var stored = connection.Scalar($"SELECT count(*) FROM {Read([file])}", 0L);
            // Files written before 29 November 2026 lack both; their rows go by the rest.
            var isWhole = connection.Scalar($"SELECT count(*) FROM (DESCRIBE FROM {Read([file])}) WHERE column_name IN ('seq', 'device_ts')", 0L) == 2;
            var identity = isWhole ? "AND f.device_ts IS NOT DISTINCT FROM o.device_ts AND f.seq IS NOT DISTINCT FROM o.seq" : "";
            var pieces = new List<string>();
            var rows = 0L;
            foreach (var range in Ranges(connection, [file, .. fresh]))
            {
                var piece = Path.Combine(folder, $"merged-{pieces.Count}.parquet");
                rows += Copy(connection, $"""
                    WITH f AS (FROM {Read(fresh)} WHERE {range}), o AS (FROM {Read([file])} WHERE {range})
                    FROM (
                        FROM f UNION ALL BY NAME
                        SELECT o.* FROM o WHERE NOT EXISTS (FROM f WHERE f.sensor = o.sensor AND f.metric = o.metric AND f.ts = o.ts AND f.value = o.value {identity})
                    ) ORDER BY sensor, metric, ts, device_ts, seq NULLS FIRST, value
                    """, piece, cancellationToken);
                pieces.Add(piece);
            }
            return rows >= stored ? pieces : throw new InvalidDataException($"{file}: would have {rows} values where it has {stored}, so it is not replaced. Move it away; the day is then written anew.");
        }
        catch (DuckDBException e) when (!cancellationToken.IsCancellationRequested)
        {
            var cause = e.Message.ReplaceLineEndings(" ");
            if (HistoryFile.IsForWantOfRoom(cause)) throw new IOException($"{folder}: cannot be written ({cause}). Make room on the disk; nothing was replaced.", e);
            throw new InvalidDataException($"{file}: cannot be read, so it is not replaced ({cause}). Move it away, or restore a copy; the day is then written anew.", e);
        }
    }

    /// <summary>A path as SQL.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''")}'";

    /// <summary>Sorted sensors cut where about <see cref="PieceValues"/> values are together, never within a sensor: its rows are sorted together.</summary>
    private static List<string> Ranges(DuckDBConnection connection, IReadOnlyList<string> files)
    {
        var firsts = new List<string>();
        var size = 0L;
        using var query = connection.CreateCommand();
        query.CommandText = $"SELECT sensor, count(*) FROM ({string.Join(" UNION ALL ", files.Select(f => $"SELECT sensor FROM {Read([f])}"))}) GROUP BY sensor ORDER BY sensor";
        using (var reader = query.ExecuteReader())
        {
            while (reader.Read())
            {
                if (firsts.Count == 0 || size > PieceValues)
                {
                    firsts.Add(Quoted(reader.GetString(0)));
                    size = 0;
                }
                size += reader.GetInt64(1);
            }
        }
        return [.. firsts.Select((first, i) => i + 1 < firsts.Count ? $"sensor >= {first} AND sensor < {firsts[i + 1]}" : $"sensor >= {first}")];
    }

    /// <summary>What does not fit into its memory goes to the folder.</summary>
    private static DuckDBConnection Open(string folder)
    {
        var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute("SET threads=1");
        connection.Execute("SET memory_limit='256MB'");
        connection.Execute($"SET temp_directory={Quoted(Path.Combine(folder, "spill"))}");
        return connection;
    }

    private static long Copy(DuckDBConnection connection, string select, string path, CancellationToken cancellationToken)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY ({select}) TO {Quoted(path)} (FORMAT parquet, COMPRESSION zstd)";
        using var cancel = cancellationToken.Register(command.Cancel);
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (DuckDBException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    private static string Read(IEnumerable<string> files) => $"read_parquet([{string.Join(", ", files.Select(Quoted))}])";
}
