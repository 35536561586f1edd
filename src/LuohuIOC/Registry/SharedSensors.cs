using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Storage;
using Npgsql;

namespace LuohuIOC.Registry;

/// <summary>
/// The sensors of all hosts of one city, in the database that they share: each row with the number of the change that it came with. Hosts change in
/// turn: a turn first takes over what the others have changed, so that an import is judged by what is so, and the last writer's row stands.
/// Numbers and slots stay each host's own.
/// </summary>
internal sealed class SharedSensors
{
    private const int RowsAtOnce = 5_000;

    private readonly PostgresDatabase _database;
    private readonly SensorRegistry _registry;
    private readonly SemaphoreSlim _turn = new(1);

    // The change up to which this host has everything.
    private long _seen;

    public SharedSensors(PostgresDatabase database, SensorRegistry registry)
    {
        (_database, _registry) = (database, registry);
        database.Migrate("registry",
            """
            CREATE TABLE registry_change (number bigint NOT NULL);
            INSERT INTO registry_change VALUES (0);
            CREATE TABLE registry_sensor (
                id text COLLATE "C" PRIMARY KEY, change bigint NOT NULL, place bigint NOT NULL GENERATED ALWAYS AS IDENTITY, body text NOT NULL);
            CREATE INDEX registry_sensor_by_change ON registry_sensor (change, place);
            """);
    }

    /// <summary>Ids of sensors that the others know as another kind, or for which there is no room: they stay as they are here.</summary>
    public event Action<IReadOnlyList<string>>? Refused;

    /// <summary>The same, as of the last time that others had changed something.</summary>
    public IReadOnlyList<string> LastRefused { get; private set; } = [];

    /// <summary>Takes over what the city has and adds what only this host has.</summary>
    /// <param name="begin">Fills the registry when neither has anything.</param>
    public Task JoinAsync(Action begin) => TurnAsync(
        () =>
        {
            if (_registry.Count == 0) begin();
            return 0;
        }, isFirst: true, CancellationToken.None);

    /// <summary>A change in this host's turn, stored for all when it returns.</summary>
    /// <exception cref="ChangeNotMadeException">The database is away, and there was no turn.</exception>
    /// <exception cref="IOException">The database went away within the turn. The change is made, and waits here for the next turn.</exception>
    public async Task<T> TurnAsync<T>(Func<T> change, CancellationToken cancellation)
    {
        var isMade = false;
        try
        {
            return await TurnAsync(
                () =>
                {
                    isMade = true;
                    return change();
                }, isFirst: false, cancellation);
        }
        catch (IOException e) when (!isMade)
        {
            throw new ChangeNotMadeException($"{_database.Place}: {(e.InnerException ?? e).Message}", e);
        }
    }

    /// <summary>Takes over what others have changed, and adds what has registered itself here.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (_registry.HasUnshared)
        {
            await TurnAsync(() => 0, isFirst: false, cancellation);
            return;
        }
        await GuardAsync(async () =>
        {
            await using var connection = await _database.OpenAsync(cancellation);
            // Turns end in the order of their numbers: what is missing below the largest will not come any more.
            var rows = await ReadAsync(connection, cancellation);
            if (rows.Count == 0) return 0;
            _seen = rows[^1].Change;
            Learn(rows);
            return 0;
        }, cancellation);
    }

    private Task<T> TurnAsync<T>(Func<T> change, bool isFirst, CancellationToken cancellation) => GuardAsync(async () =>
    {
        await using var connection = await _database.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var next = new NpgsqlCommand("UPDATE registry_change SET number = number + 1 RETURNING number", connection);
        var number = (long)(await next.ExecuteScalarAsync(cancellation))!;
        var rows = await ReadAsync(connection, cancellation);
        Learn(rows);
        var result = change();
        if (isFirst) _registry.ShareAllBut(rows.Select(r => r.Sensor.Id).ToHashSet(StringComparer.Ordinal));
        var mine = _registry.TakeUnshared();
        try
        {
            // From here on the caller's patience does not count: the change is made.
            foreach (var chunk in mine.Chunk(RowsAtOnce)) await WriteAsync(connection, number, chunk);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch
        {
            _registry.PutBackUnshared(mine);
            throw;
        }
        _seen = number;
        return result;
    }, cancellation);

    private void Learn(List<(long Change, Sensor Sensor)> rows)
    {
        var refused = _registry.Learn([.. rows.Select(r => r.Sensor)]);
        LastRefused = refused;
        if (refused.Count > 0) Refused?.Invoke(refused);
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> action, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await action();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new IOException($"{_database.Place}: the sensors of the city cannot be read or stored ({e.Message}). What is known stays; it is tried again.", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<List<(long Change, Sensor Sensor)>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var select = new NpgsqlCommand("SELECT change, id, body FROM registry_sensor WHERE change > $1 ORDER BY change, place", connection)
        {
            Parameters = { new NpgsqlParameter<long>("", _seen) },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellation);
        var rows = new List<(long, Sensor)>();
        while (await reader.ReadAsync(cancellation)) rows.Add((reader.GetInt64(0), Row.Read(reader.GetString(1), reader.GetString(2))));
        return rows;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, long number, Sensor[] sensors)
    {
        await using var upsert = new NpgsqlCommand(
            """
            INSERT INTO registry_sensor AS s (id, change, body)
            SELECT id, $1, body FROM unnest($2, $3) WITH ORDINALITY AS r(id, body, n) ORDER BY n
            ON CONFLICT (id) DO UPDATE SET change = excluded.change, body = excluded.body WHERE s.body <> excluded.body
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long>("", number), new NpgsqlParameter<string[]>("", [.. sensors.Select(s => s.Id)]),
                new NpgsqlParameter<string[]>("", [.. sensors.Select(s => JsonSerializer.Serialize(Row.Of(s)))]),
            },
        };
        await upsert.ExecuteNonQueryAsync();
    }

    /// <summary>A sensor's body in the table: what an import says of it, and a generic sensor's metrics. Stored: append fields, never rename.</summary>
    private sealed record Row(
        string Kind, string Name, string Street, string Community, double Longitude, double Latitude, string Gateway, DateOnly? InstalledOn,
        bool Synthetic, string? Downstream, long? RetiredAtMs, IReadOnlyList<string>? Metrics)
    {
        public static Row Of(Sensor s) => new(
            KindCatalogue.Of(s.Kind).Name, s.Name, s.Street, s.Community, s.Longitude, s.Latitude, s.Gateway, s.InstalledOn, s.Synthetic,
            s.Downstream, s.RetiredAt?.ToUnixTimeMilliseconds(), s.Kind == SensorKind.Generic ? s.Layout.Names : null);

        public static Sensor Read(string id, string body)
        {
            var row = JsonSerializer.Deserialize<Row>(body)!;
            if (!KindCatalogue.TryParse(row.Kind, out var kind)) throw new IOException($"registry_sensor: {id} has the unknown kind {row.Kind}.");
            return new Sensor
            {
                Number = -1,
                Id = id,
                Kind = kind,
                Name = row.Name,
                Street = row.Street,
                Community = row.Community,
                Longitude = row.Longitude,
                Latitude = row.Latitude,
                Gateway = row.Gateway,
                InstalledOn = row.InstalledOn,
                Synthetic = row.Synthetic,
                Downstream = row.Downstream,
                RetiredAt = row.RetiredAtMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
                Layout = row.Metrics is { } metrics ? MetricLayout.Generic(metrics) : MetricLayout.Of(kind),
            };
        }
    }
}
