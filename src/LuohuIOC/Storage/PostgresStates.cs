using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>Grain states in the database that the hosts share.</summary>
internal sealed class PostgresStates(PostgresDatabase database, string city) : IStateTable
{
    private const string Upsert =
        """
        INSERT INTO grain_state AS g (city, name, id, etag, state) SELECT $1, $2, $3, $4 + 1, $5
        WHERE $4 = 0 OR EXISTS (SELECT 1 FROM grain_state WHERE city = $1 AND name = $2 AND id = $3)
        ON CONFLICT (city, name, id) DO UPDATE SET etag = excluded.etag, state = excluded.state WHERE g.etag = $4
        """;

    public (long Etag, byte[] State) Read(string name, string id)
    {
        using var connection = database.Open();
        using var command = new NpgsqlCommand("SELECT etag, state FROM grain_state WHERE city = $1 AND name = $2 AND id = $3", connection)
        {
            Parameters = { new NpgsqlParameter<string>("", city), new NpgsqlParameter<string>("", name), new NpgsqlParameter<string>("", id) },
        };
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, []);
    }

    public void Write(IReadOnlyList<StateWrite> batch)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        // All in one message to the server and back.
        using var commands = new NpgsqlBatch(connection, transaction);
        foreach (var write in batch)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    new NpgsqlParameter<string>("", city), new NpgsqlParameter<string>("", write.Name), new NpgsqlParameter<string>("", write.Id),
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
        remedy = $"Look after the database {database.Place}.";
        return e is NpgsqlException or IOException or TimeoutException;
    }

    public void Dispose()
    {
    }
}
