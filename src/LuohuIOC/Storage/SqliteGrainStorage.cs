using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Orleans.Serialization;
using Orleans.Storage;

namespace LuohuIOC.Storage;

/// <summary>
/// Grain state in <c>grains.db</c>: one row a grain, the state in Orleans' own versioned encoding, the etag a number that grows with
/// every write. Writers wait for one group commit together, so that saving 100,000 sensors takes hundreds of fsyncs and not 100,000.
/// </summary>
public sealed class SqliteGrainStorage : IGrainStorage, IAsyncDisposable
{
    private const int BatchMax = 2_000;
    private const int QueueMax = 10_000;

    private readonly SqliteFile _file;
    private readonly Serializer _serializer;
    private readonly Channel<Write> _writes =
        Channel.CreateBounded<Write>(new BoundedChannelOptions(QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly ThreadLocal<SqliteConnection> _readers;
    private readonly Task _writer;

    public SqliteGrainStorage(IConfiguration configuration, Serializer serializer)
    {
        _serializer = serializer;
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "grains.db"),
            "CREATE TABLE grain(name TEXT NOT NULL, id TEXT NOT NULL, etag INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY(name, id)) WITHOUT ROWID");
        _readers = new ThreadLocal<SqliteConnection>(_file.Open, trackAllValues: true);
        _writer = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning).Unwrap();
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        using var command = _readers.Value!.CreateCommand();
        command.CommandText = "SELECT etag, state FROM grain WHERE name = $name AND id = $id";
        command.Parameters.AddWithValue("$name", stateName);
        command.Parameters.AddWithValue("$id", grainId.ToString());
        using var reader = command.ExecuteReader();
        grainState.RecordExists = reader.Read();
        grainState.ETag = grainState.RecordExists ? reader.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture) : null!;
        grainState.State = grainState.RecordExists ? _serializer.Deserialize<T>((byte[])reader[1])! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var write = new Write(stateName, grainId.ToString(), Etag(grainState.ETag), _serializer.SerializeToArray(grainState.State));
        await Commit(write);
        grainState.ETag = (write.Etag + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.RecordExists) await Commit(new Write(stateName, grainId.ToString(), Etag(grainState.ETag), null));
        grainState.ETag = null!;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_writes.Writer.TryComplete()) return;
        await _writer;
        foreach (var reader in _readers.Values) reader.Dispose();
        _readers.Dispose();
    }

    private static long Etag(string? etag) => etag is null ? 0 : long.Parse(etag, System.Globalization.CultureInfo.InvariantCulture);

    private async Task Commit(Write write)
    {
        await _writes.Writer.WriteAsync(write);
        await write.Done.Task;
    }

    private async Task WriteAll()
    {
        using var connection = _file.Open();
        var batch = new List<Write>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchMax && _writes.Reader.TryRead(out var write)) batch.Add(write);
            try
            {
                WriteBatch(connection, batch);
                foreach (var write in batch)
                {
                    if (write.Conflict is null) write.Done.SetResult();
                    else write.Done.SetException(write.Conflict);
                }
            }
            catch (Exception e) when (e is SqliteException or IOException)
            {
                foreach (var write in batch) write.Done.SetException(new IOException($"{_file.Path}: grain states cannot be written ({e.Message}). Free space on its disk.", e));
            }
        }
    }

    private static void WriteBatch(SqliteConnection connection, List<Write> batch)
    {
        using var transaction = connection.BeginTransaction();
        using var upsert = connection.CreateCommand();
        upsert.Transaction = transaction;
        upsert.CommandText =
            """
            INSERT INTO grain(name, id, etag, state) SELECT $name, $id, $etag + 1, $state
            WHERE $etag = 0 OR EXISTS(SELECT 1 FROM grain WHERE name = $name AND id = $id)
            ON CONFLICT(name, id) DO UPDATE SET etag = excluded.etag, state = excluded.state WHERE grain.etag = $etag
            """;
        using var delete = connection.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = "DELETE FROM grain WHERE name = $name AND id = $id AND etag = $etag";
        foreach (var command in (SqliteCommand[])[upsert, delete])
            foreach (var name in (string[])["$name", "$id", "$etag", "$state"]) command.Parameters.Add(new SqliteParameter(name, null));
        foreach (var write in batch)
        {
            var command = write.State is null ? delete : upsert;
            (command.Parameters[0].Value, command.Parameters[1].Value, command.Parameters[2].Value) = (write.Name, write.Id, write.Etag);
            command.Parameters[3].Value = (object?)write.State ?? DBNull.Value;
            write.Conflict = command.ExecuteNonQuery() == 1 ? null
                : new InconsistentStateException($"Grain {write.Id} was written by another since it was read (etag {write.Etag} is not the stored one).");
        }
        transaction.Commit();
    }

    private sealed class Write(string name, string id, long etag, byte[]? state)
    {
        public string Name => name;

        public string Id => id;

        public long Etag => etag;

        public byte[]? State => state;

        public Exception? Conflict { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
