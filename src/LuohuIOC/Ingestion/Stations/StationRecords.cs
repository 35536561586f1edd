using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>A message as it is kept.</summary>
/// <param name="Id">Grows with each; 0 before it is kept.</param>
/// <param name="ReceivedMs">Unix ms.</param>
/// <param name="Sensor">Whose topic or station it came for.</param>
/// <param name="Message">As it came.</param>
public sealed record StationRecord(long Id, long ReceivedMs, string Sensor, Sl651Message Message);

/// <summary>
/// Keeps in <c>stations.db</c> what SL 651 stations tell of themselves: the newest <see cref="RowsMax"/> messages, and of those with large
/// bodies (pictures) the newest <see cref="LargeMax"/>. A resend (station, function, serial, send time) is kept once. The bodies are kept as
/// they came and taken apart when they are read, so that a better table makes old ones readable, too.
/// </summary>
public sealed class StationRecords : IHostedService
{
    public const int RowsMax = 10_000;

    /// <summary>Of bodies above <see cref="LargeBytes"/>; one is at most 256 KiB, so that the file stays below some 260 MiB.</summary>
    public const int LargeMax = 1_000;

    private const int LargeBytes = 1_024;
    private const int QueueMax = 1_000;

    private readonly ILogger<StationRecords> _log;
    private readonly SqliteFile _file;
    private readonly RowQueue<StationRecord> _queue;

    public StationRecords(IConfiguration configuration, ILogger<StationRecords> log)
    {
        _log = log;
        // The frames are in the journal; what is lost is the rows for people to read.
        _queue = new RowQueue<StationRecord>(QueueMax, QueueMax, Save, (e, count) => log.LogError(e, "Stations: {Count} records could not be kept", count));
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "stations.db"),
            """
            CREATE TABLE station_record(
                id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, sent INTEGER NOT NULL, address TEXT NOT NULL, sensor TEXT NOT NULL,
                function INTEGER NOT NULL, serial INTEGER NOT NULL, ascii INTEGER NOT NULL, content BLOB NOT NULL, bytes INTEGER NOT NULL,
                UNIQUE(address, function, serial, sent));
            """);
    }

    /// <summary>Keeps the messages of a payload that are records; completes when they are durable, at once when there is none.</summary>
    public Task Keep(ReadOnlySpan<byte> payload, string sensor, long receivedMs)
    {
        var kept = Task.CompletedTask;
        foreach (var message in Sl651Message.Of(payload))
        {
            // Behind a disk that does not follow, the frame is in the journal only.
            if (_queue.Add(new StationRecord(0, receivedMs, sensor, message)) is { } durable) kept = durable;
            else _log.LogWarning("Stations: a record of {Address} is not kept", message.Address);
        }
        return kept;
    }

    /// <summary>Newest first; <paramref name="before"/> is the id of the last row of the page before.</summary>
    public List<StationRecord> Read(string address, long? id, long? before, int limit)
    {
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT id, received, sensor, function, serial, sent, ascii, content FROM station_record
            WHERE address = $address AND ($id IS NULL OR id = $id) AND ($before IS NULL OR id < $before) ORDER BY id DESC LIMIT $limit
            """;
        command.Parameters.AddWithValue("$address", address.ToUpperInvariant());
        command.Parameters.AddWithValue("$id", (object?)id ?? DBNull.Value);
        command.Parameters.AddWithValue("$before", (object?)before ?? DBNull.Value);
        command.Parameters.AddWithValue("$limit", limit);
        var rows = new List<StationRecord>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var message = new Sl651Message(
                address.ToUpperInvariant(), reader.GetByte(3), (ushort)reader.GetInt32(4), reader.GetInt64(5), reader.GetInt32(6) != 0, (byte[])reader[7]);
            rows.Add(new StationRecord(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), message));
        }
        return rows;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _queue.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _queue.CompleteAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Save(IReadOnlyList<StationRecord> records)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText =
            "INSERT OR IGNORE INTO station_record(received, sent, address, sensor, function, serial, ascii, content, bytes) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)";
        var p = Enumerable.Range(1, 9).Select(i => insert.Parameters.Add(new SqliteParameter($"${i}", null))).ToArray();
        foreach (var (_, received, sensor, m) in records)
        {
            (p[0].Value, p[1].Value, p[2].Value, p[3].Value, p[4].Value) = (received, m.SentMs, m.Address, sensor, (int)m.Function);
            (p[5].Value, p[6].Value, p[7].Value, p[8].Value) = ((int)m.Serial, m.IsAscii ? 1 : 0, m.Content, m.Content.Length);
            insert.ExecuteNonQuery();
        }
        using var rest = connection.CreateCommand();
        rest.Transaction = transaction;
        rest.CommandText =
            $"""
            DELETE FROM station_record WHERE id <= (SELECT max(id) FROM station_record) - {RowsMax};
            DELETE FROM station_record WHERE bytes > {LargeBytes}
                AND id <= (SELECT id FROM station_record WHERE bytes > {LargeBytes} ORDER BY id DESC LIMIT 1 OFFSET {LargeMax});
            """;
        rest.ExecuteNonQuery();
        transaction.Commit();
    }
}
