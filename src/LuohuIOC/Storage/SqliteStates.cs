using Dapper;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Storage;

/// <summary>Grain states in <c>grains.db</c>.</summary>
internal sealed class SqliteStates : IStateTable
{
    private readonly SqliteFile _file;
    private readonly ThreadLocal<StateReader> _readers;
    private SqliteConnection? _writer;

    public SqliteStates(IConfiguration configuration)
    {
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "grains.db"),
            "CREATE TABLE grain(name TEXT NOT NULL, id TEXT NOT NULL, etag INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY(name, id)) WITHOUT ROWID");
        _readers = new ThreadLocal<StateReader>(() => new StateReader(_file.Open()), trackAllValues: true);
    }

    // Microseconds, from the file's cache or the system's: no thread is missed meanwhile.
    public ValueTask<(long Etag, byte[] State)> ReadAsync(string name, string id) => new(_readers.Value!.Read(name, id));

    public List<string> Ids(string name)
    {
        using var connection = _file.Open();
        return [.. connection.Query<string>("SELECT id FROM grain WHERE name = $name AND length(state) > 0", new { name })];
    }

    public void Write(IReadOnlyList<StateWrite> batch)
    {
        _writer ??= _file.Open();
        using var transaction = _writer.BeginTransaction();
        using var upsert = _writer.CreateCommand();
        upsert.Transaction = transaction;
        upsert.CommandText =
            """
            INSERT INTO grain(name, id, etag, state) SELECT $name, $id, $etag + 1, $state
            WHERE $etag = 0 OR EXISTS(SELECT 1 FROM grain WHERE name = $name AND id = $id)
            ON CONFLICT(name, id) DO UPDATE SET etag = excluded.etag, state = excluded.state WHERE grain.etag = $etag
            """;
        foreach (var name in (string[])["$name", "$id", "$etag", "$state"]) upsert.Parameters.Add(new SqliteParameter(name, null));
        foreach (var write in batch)
        {
            (upsert.Parameters[0].Value, upsert.Parameters[1].Value) = (write.Name, write.Id);
            (upsert.Parameters[2].Value, upsert.Parameters[3].Value) = (write.Etag, write.State);
            write.IsConflict = upsert.ExecuteNonQuery() == 0;
        }
        transaction.Commit();
    }

    public bool IsUnavailable(Exception e, out string remedy)
    {
        remedy = $"Free space on the disk of {_file.Path}.";
        return e is SqliteException or IOException;
    }

    public void Dispose()
    {
        foreach (var reader in _readers.Values) reader.Dispose();
        _readers.Dispose();
        _writer?.Dispose();
    }

    /// <summary>A connection with its one statement, prepared: a city that wakes asks it once for every sensor.</summary>
    private sealed class StateReader : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _command;

        public StateReader(SqliteConnection connection)
        {
            _connection = connection;
            _command = connection.CreateCommand();
            _command.CommandText = "SELECT etag, state FROM grain WHERE name = $name AND id = $id";
            foreach (var name in (string[])["$name", "$id"]) _command.Parameters.Add(new SqliteParameter(name, SqliteType.Text));
        }

        public (long Etag, byte[] State) Read(string name, string id)
        {
            (_command.Parameters[0].Value, _command.Parameters[1].Value) = (name, id);
            using var reader = _command.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, []);
        }

        public void Dispose()
        {
            _command.Dispose();
            _connection.Dispose();
        }
    }
}
