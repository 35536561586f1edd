using DuckDB.NET.Data;
using LuohuIOC.DeviceProtocol;
using Microsoft.Win32.SafeHandles;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// Opens <c>history.duckdb</c>, brings its schema up to date and says in plain words why that fails. The writer's connection lives
/// here; readers get connections of their own to the same instance.
/// </summary>
internal sealed class HistoryFile : IDisposable
{
    // Script i brings a file of schema i to i + 1; append, never edit one that has shipped. Tables and columns of kinds and metrics follow the contract.
    private static readonly string[] Migrations =
    [
        StoredSensors.CreateTableSql,
        // Versions of schema 1 put three values into state before they look at its number: with a fourth column they fail without saying why. Some files have it.
        """
        ALTER TABLE state ADD COLUMN IF NOT EXISTS duplicates BIGINT DEFAULT 0;
        CREATE TABLE repeated AS SELECT coalesce(duplicates, 0)::BIGINT AS readings FROM state;
        ALTER TABLE state DROP COLUMN duplicates
        """,
    ];

    // Opened for the first copy and closed with the file: closing it earlier would end DuckDB's own lock, which is the process's.
    private SafeFileHandle? _copying;

    private HistoryFile(string path, DuckDBConnection connection, IReadOnlyDictionary<SensorKind, KindTable> tables)
    {
        Path = path;
        Connection = connection;
        Tables = tables;
    }

    public string Path { get; }

    /// <summary>The writer's.</summary>
    public DuckDBConnection Connection { get; }

    public IReadOnlyDictionary<SensorKind, KindTable> Tables { get; }

    /// <exception cref="HistoryUnavailableException">The file is damaged, locked, newer than this program or out of reach.</exception>
    public static HistoryFile Open(string path, DuckDbOptions options)
    {
        DuckDBConnection? connection = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            connection = new DuckDBConnection($"Data Source={path}");
            connection.Open();
            connection.Execute($"SET threads={options.Threads}");
            connection.Execute($"SET memory_limit='{options.MemoryLimit}'");
            connection.Execute($"SET checkpoint_threshold='{options.CheckpointThreshold}'");
            connection.Execute("SET preserve_insertion_order=false");
            var tables = Migrate(path, connection);
            connection.Execute(Suspects.CreateTableSql);
            return new HistoryFile(path, connection, tables);
        }
        catch (Exception e) when (e is not HistoryUnavailableException)
        {
            connection?.Dispose();
            throw Unavailable(path, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Names the file, the cause and the remedy for whoever is on duty.</summary>
    public static HistoryUnavailableException Unavailable(string path, Exception cause)
    {
        var text = cause.Message.ReplaceLineEndings(" ");
        var remedy = text switch
        {
            // Before the lock: DuckDB tells it as "could not allocate block …".
            _ when Has(text, "Out of Memory") || Has(text, "failed to pin block") => "Raise History:DuckDb:MemoryLimit.",
            _ when Has(text, "Could not set lock") || Has(text, "Conflicting lock") => "Another program has the file open: stop it, or give this one another DataDirectory.",
            _ when IsForWantOfRoom(text) =>
                "The disk is full: make room. Nothing is lost; storing goes on by itself.",
            _ when Has(text, "not a valid DuckDB") || Has(text, "corrupt") || Has(text, "checksum") || Has(text, "Serialization Error") || Has(text, "WAL file") =>
                "The file is damaged: move it away together with its .wal file, or restore a copy. A new one is begun by itself, and what is still in the journal is stored in it.",
            _ when Has(text, "Permission denied") => "Give this program the right to read and write the file.",
            _ => "Nothing is lost while the journal has room; storing is tried again by itself.",
        };
        return new HistoryUnavailableException($"{path}: history cannot be used ({text}). {remedy}", cause);
    }

    /// <summary>Whether DuckDB's words are about a disk that is full.</summary>
    public static bool IsForWantOfRoom(string text) => Has(text, "No space left") || Has(text, "disk full") || Has(text, "max_temp_directory_size");

    /// <summary>A connection for one reader; the caller disposes it.</summary>
    public DuckDBConnection OpenReader()
    {
        var connection = new DuckDBConnection($"Data Source={Path}");
        try
        {
            connection.Open();
            return connection;
        }
        catch (DuckDBException e)
        {
            connection.Dispose();
            throw Unavailable(Path, e);
        }
    }

    /// <summary>Copies the file, and its log when that could not be moved into it. For the writer, between transactions.</summary>
    public void CopyTo(string folder, CancellationToken cancellationToken)
    {
        IsLogEmptied();
        _copying ??= File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using (var target = File.OpenHandle(System.IO.Path.Combine(folder, System.IO.Path.GetFileName(Path)), FileMode.CreateNew, FileAccess.Write))
        {
            var buffer = new byte[1 << 20];
            for (long at = 0; RandomAccess.Read(_copying, buffer, at) is > 0 and var read; at += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RandomAccess.Write(target, buffer.AsSpan(0, read), at);
            }
        }
        var log = Path + ".wal";
        if (File.Exists(log)) File.Copy(log, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(log)));
    }

    public void Dispose()
    {
        Connection.Dispose();
        _copying?.Dispose();
    }

    /// <summary>False while a query with an older view keeps the log from being moved into the file.</summary>
    private bool IsLogEmptied()
    {
        try
        {
            Connection.Execute("CHECKPOINT");
            return true;
        }
        catch (DuckDBException)
        {
            return false;
        }
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<SensorKind, KindTable> Migrate(string path, DuckDBConnection connection)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS state (schema INTEGER, cursor BIGINT, readings BIGINT)");
        connection.Execute("BEGIN");
        connection.Execute("INSERT INTO state (schema, cursor, readings) SELECT 0, 0, 0 WHERE NOT EXISTS (FROM state)");
        var schema = connection.Scalar("SELECT schema FROM state", 0);
        if (schema > Migrations.Length)
            throw new HistoryUnavailableException($"{path}: written by a newer version (schema {schema}, this program knows {Migrations.Length}). Run the newer version.");
        foreach (var migration in Migrations[schema..]) connection.Execute(migration);
        if (schema < Migrations.Length) connection.Execute($"UPDATE state SET schema = {Migrations.Length}");
        var tables = new Dictionary<SensorKind, KindTable>();
        foreach (var kind in KindCatalogue.All)
        {
            connection.Execute(KindTable.CreateSql(kind));
            var stored = kind.Kind == SensorKind.Generic ? [] : MetricColumns(connection, kind);
            tables[kind.Kind] = new KindTable(kind, stored);
        }
        connection.Execute("COMMIT");
        return tables;
    }

    /// <summary>Metric columns in the file's order; those that the contract has gained are added.</summary>
    private static List<string> MetricColumns(DuckDBConnection connection, KindDefinition kind)
    {
        var columns = new List<string>();
        using (var query = connection.CreateCommand())
        {
            query.CommandText = $"SELECT name FROM pragma_table_info('{kind.Name}') ORDER BY cid OFFSET {KindTable.FixedColumns}";
            using var reader = query.ExecuteReader();
            while (reader.Read()) columns.Add(reader.GetString(0));
        }
        foreach (var metric in kind.Metrics.Select(m => m.Name).Except(columns).ToList())
        {
            connection.Execute($"ALTER TABLE {KindTable.Quote(kind.Name)} ADD COLUMN {KindTable.Quote(metric)} DOUBLE");
            columns.Add(metric);
        }
        return columns;
    }
}
