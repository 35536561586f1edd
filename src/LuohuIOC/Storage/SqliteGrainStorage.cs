using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Orleans.Serialization;
using Orleans.Storage;

namespace LuohuIOC.Storage;

/// <summary>
/// Grain state in <c>grains.db</c>: one row a grain, the state in Orleans' own versioned encoding, the etag a number that grows with
/// every write. A cleared state is an empty one: its row stays, so that an etag from before is never good again. Writers wait for one group commit together, so that saving 100,000 sensors takes hundreds of fsyncs and not 100,000.
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
        var found = reader.Read();
        var stored = found ? (byte[])reader[1] : [];
        grainState.RecordExists = stored.Length > 0;
        grainState.ETag = found ? reader.GetInt64(0).ToString(CultureInfo.InvariantCulture) : null!;
        grainState.State = grainState.RecordExists ? _serializer.Deserialize<T>(stored)! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var write = new Write(stateName, grainId.ToString(), Etag(grainState.ETag), _serializer.SerializeToArray(grainState.State));
        grainState.ETag = await Commit(write);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null) grainState.ETag = await Commit(new Write(stateName, grainId.ToString(), Etag(grainState.ETag), []));
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

    private static long Etag(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    private async Task<string> Commit(Write write)
    {
        await _writes.Writer.WriteAsync(write);
        await write.Done.Task;
        return (write.Etag + 1).ToString(CultureInfo.InvariantCulture);
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
        foreach (var name in (string[])["$name", "$id", "$etag", "$state"]) upsert.Parameters.Add(new SqliteParameter(name, null));
        foreach (var write in batch)
        {
            (upsert.Parameters[0].Value, upsert.Parameters[1].Value) = (write.Name, write.Id);
            (upsert.Parameters[2].Value, upsert.Parameters[3].Value) = (write.Etag, write.State);
            write.Conflict = upsert.ExecuteNonQuery() == 1 ? null
                : new InconsistentStateException($"Grain {write.Id} was written by another since it was read (etag {write.Etag} is not the stored one).");
        }
        transaction.Commit();
    }

    private sealed class Write(string name, string id, long etag, byte[] state)
    {
        public string Name => name;

        public string Id => id;

        public long Etag => etag;

        public byte[] State => state;

        public Exception? Conflict { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
