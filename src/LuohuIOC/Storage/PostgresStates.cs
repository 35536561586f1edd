using System.Threading.Channels;
using Dapper;
using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>
/// Grain states in the database that the hosts share. What is read at one moment is asked for together and holds no thread: a city that wakes reads the states of
/// all its sensors, which one by one, each holding a thread until its answer came, stopped the taking of readings for seconds.
/// </summary>
internal sealed class PostgresStates : IStateTable
{
    private const int ReadsAtOnce = 1_000;
    private const int ReadsMax = 10_000;

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>A sensor's grain judges no reading while its state is on the way: a table that is locked gets it later.</summary>
    private const int WriteSeconds = 10;

    // One that waits for a lost connection does not hold the other up.
    private const int Readers = 2;

    private const string Find =
        """
        SELECT asked.place, stored.etag, stored.state FROM unnest($2, $3) WITH ORDINALITY AS asked(name, id, place)
        JOIN grain_state AS stored ON stored.city = $1 AND stored.name = asked.name AND stored.id = asked.id
        """;

    private const string Upsert =
        """
        INSERT INTO grain_state AS g (city, name, id, etag, state) SELECT $1, $2, $3, $4 + 1, $5
        WHERE $4 = 0 OR EXISTS (SELECT 1 FROM grain_state WHERE city = $1 AND name = $2 AND id = $3)
        ON CONFLICT (city, name, id) DO UPDATE SET etag = excluded.etag, state = excluded.state WHERE g.etag = $4
        """;

    private readonly PostgresDatabase _database;
    private readonly string _city;
    private readonly Task _reading;
    private readonly Channel<StateRead> _reads = Channel.CreateBounded<StateRead>(new BoundedChannelOptions(ReadsMax) { FullMode = BoundedChannelFullMode.Wait });

    public PostgresStates(PostgresDatabase database, string city)
    {
        (_database, _city) = (database, city);
        _reading = Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(ReadAllAsync)));
    }

    public async ValueTask<(long Etag, byte[] State)> ReadAsync(string name, string id)
    {
        var read = new StateRead(name, id);
        await _reads.Writer.WriteAsync(read);
        return await read.Found.Task;
    }

    public List<string> Ids(string name)
    {
        using var connection = _database.Open();
        return [.. connection.Query<string>("SELECT id FROM grain_state WHERE city = @city AND name = @name AND length(state) > 0", new { city = _city, name })];
    }

    public void Write(IReadOnlyList<StateWrite> batch)
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction();
        // All in one message to the server and back.
        using var commands = new NpgsqlBatch(connection, transaction) { Timeout = WriteSeconds };
        foreach (var write in batch)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    new NpgsqlParameter<string>("", _city), new NpgsqlParameter<string>("", write.Name), new NpgsqlParameter<string>("", write.Id),
                    new NpgsqlParameter<long>("", write.Etag), new NpgsqlParameter<byte[]>("", write.State),
                },
            });
        }
        commands.ExecuteNonQuery();
        transaction.Commit();
        for (var i = 0; i < batch.Count; i++) batch[i].IsConflict = commands.BatchCommands[i].RecordsAffected == 0;
    }

    public bool IsUnavailable(Exception e, out string remedy)
    {
        remedy = $"Look after the database {_database.Place}.";
        return e is NpgsqlException or IOException or TimeoutException;
    }

    public void Dispose()
    {
        _reads.Writer.TryComplete();
        // A server that is away must not hold up the end.
        _reading.Wait(EndPatience);
    }

    private async Task ReadAllAsync()
    {
        var batch = new List<StateRead>();
        while (await _reads.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < ReadsAtOnce && _reads.Reader.TryRead(out var read)) batch.Add(read);
            if (batch.Count == 0) continue;
            try
            {
                await FindAsync(batch);
            }
            catch (Exception e)
            {
                foreach (var read in batch) read.Found.TrySetException(e);
            }
        }
    }

    private async Task FindAsync(List<StateRead> batch)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string>("", _city), new NpgsqlParameter<string[]>("", batch.ConvertAll(r => r.Name).ToArray()),
                new NpgsqlParameter<string[]>("", batch.ConvertAll(r => r.Id).ToArray()),
            },
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) batch[(int)reader.GetInt64(0) - 1].Found.TrySetResult((reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        // Of the others there is nothing.
        foreach (var read in batch) read.Found.TrySetResult((0, []));
    }

    private sealed class StateRead(string name, string id)
    {
        public string Name => name;

        public string Id => id;

        public TaskCompletionSource<(long Etag, byte[] State)> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
