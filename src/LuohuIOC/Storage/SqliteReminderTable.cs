using System.Globalization;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Storage;

/// <summary>
/// Reminders in <c>reminders.db</c>: one row a reminder, the etag a number that no other write has. Reminders are few and are written
/// when they are made or ended, so every call opens the file and commits by itself.
/// </summary>
public sealed class SqliteReminderTable : IReminderTable
{
    private const string Columns = "grain, name, start_at, period, etag";

    private readonly SqliteFile _file;

    public SqliteReminderTable(IConfiguration configuration) =>
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "reminders.db"),
            """
            -- ring: the grain's place on the ring, 0 to 2^32 - 1; times in .NET ticks, UTC.
            CREATE TABLE reminder(
                grain TEXT NOT NULL, name TEXT NOT NULL, ring INTEGER NOT NULL, start_at INTEGER NOT NULL, period INTEGER NOT NULL,
                etag INTEGER NOT NULL, PRIMARY KEY(grain, name)) WITHOUT ROWID;
            CREATE INDEX reminder_by_ring ON reminder(ring);
            CREATE TABLE counter(etag INTEGER NOT NULL);
            INSERT INTO counter VALUES(0);
            """);

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        Task.FromResult(Read($"SELECT {Columns} FROM reminder WHERE grain = $1", grainId.ToString()));

    /// <summary>(begin, end]; when begin is not below end, over the ring's end: (begin, 2^32) and [0, end].</summary>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Task.FromResult(Read(
        $"SELECT {Columns} FROM reminder WHERE {(begin < end ? "ring > $1 AND ring <= $2" : "ring > $1 OR ring <= $2")}", (long)begin, (long)end));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => Task.FromResult(
        Read($"SELECT {Columns} FROM reminder WHERE grain = $1 AND name = $2", grainId.ToString(), reminderName).Reminders.FirstOrDefault());

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        // From one counter for all: a reminder that was removed and made again is not taken for the old one.
        using var count = Command(connection, "UPDATE counter SET etag = etag + 1 RETURNING etag");
        count.Transaction = transaction;
        var etag = (long)count.ExecuteScalar()!;
        using var command = Command(connection, "INSERT OR REPLACE INTO reminder(grain, name, ring, start_at, period, etag) VALUES($1, $2, $3, $4, $5, $6)",
            entry.GrainId.ToString(), entry.ReminderName, (long)entry.GrainId.GetUniformHashCode(), entry.StartAt.ToUniversalTime().Ticks, entry.Period.Ticks, etag);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
        transaction.Commit();
        return Task.FromResult<string?>(etag.ToString(CultureInfo.InvariantCulture));
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var etag)) return Task.FromResult(false);
        using var connection = _file.Open();
        using var command = Command(connection, "DELETE FROM reminder WHERE grain = $1 AND name = $2 AND etag = $3", grainId.ToString(), reminderName, etag);
        return Task.FromResult(command.ExecuteNonQuery() == 1);
    }

    public Task TestOnlyClearTable()
    {
        using var connection = _file.Open();
        using var command = Command(connection, "DELETE FROM reminder");
        command.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    private ReminderTableData Read(string sql, params object[] values)
    {
        using var connection = _file.Open();
        using var command = Command(connection, sql, values);
        using var reader = command.ExecuteReader();
        var entries = new List<ReminderEntry>();
        while (reader.Read())
        {
            entries.Add(new ReminderEntry
            {
                GrainId = GrainId.Parse(reader.GetString(0), CultureInfo.InvariantCulture),
                ReminderName = reader.GetString(1),
                StartAt = new DateTime(reader.GetInt64(2), DateTimeKind.Utc),
                Period = TimeSpan.FromTicks(reader.GetInt64(3)),
                ETag = reader.GetInt64(4).ToString(CultureInfo.InvariantCulture),
            });
        }
        return new ReminderTableData(entries);
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (i, value) in values.Index()) command.Parameters.AddWithValue($"${i + 1}", value);
        return command;
    }
}
