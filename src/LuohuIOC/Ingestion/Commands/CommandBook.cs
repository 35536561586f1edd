using System.Text.Json;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>What came of a device's reply.</summary>
public enum ReplyOutcome
{
    Taken,

    /// <summary>No such command was sent to this device.</summary>
    Unknown,

    /// <summary>The command had come to its end before: the first end counts.</summary>
    Late,
}

/// <summary>Commands and their replies in <c>commands.db</c>, durable before either is told on. The newest <see cref="RowsMax"/> are kept.</summary>
public sealed class CommandBook
{
    /// <summary>Commands kept; the oldest are forgotten.</summary>
    public const int RowsMax = 100_000;

    private const string Columns = "id, sensor, gateway, name, arguments, issued_by, issued_at, expires, state, detail, replied_at";

    private readonly SqliteFile _file;
    private readonly TimeProvider _time;

    public CommandBook(IConfiguration configuration, TimeProvider time)
    {
        _time = time;
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "commands.db"),
            """
            CREATE TABLE command(
                number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sensor TEXT NOT NULL, gateway TEXT NOT NULL, name TEXT NOT NULL,
                arguments TEXT, issued_by TEXT NOT NULL, issued_at INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL,
                detail TEXT, replied_at INTEGER);
            CREATE INDEX command_by_sensor ON command(sensor, number);
            """);
    }

    public void Add(DeviceCommand command)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = $"INSERT INTO command({Columns}) VALUES ($id, $sensor, $gateway, $name, $arguments, $by, $at, $expires, $state, NULL, NULL)";
        insert.Parameters.AddWithValue("$id", command.Id);
        insert.Parameters.AddWithValue("$sensor", command.Sensor);
        insert.Parameters.AddWithValue("$gateway", command.Gateway);
        insert.Parameters.AddWithValue("$name", command.Name);
        insert.Parameters.AddWithValue("$arguments", (object?)command.Arguments?.GetRawText() ?? DBNull.Value);
        insert.Parameters.AddWithValue("$by", command.IssuedBy);
        insert.Parameters.AddWithValue("$at", command.IssuedAt.ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$expires", command.Expires.ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$state", (int)command.State);
        insert.ExecuteNonQuery();
        insert.CommandText = "DELETE FROM command WHERE number <= (SELECT max(number) FROM command) - $max";
        insert.Parameters.AddWithValue("$max", RowsMax);
        insert.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Notes a reply. A reply that says again what is known is taken; after an end nothing changes any more.</summary>
    public ReplyOutcome Reply(string gateway, string sensor, CommandReply reply)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT state FROM command WHERE id = $id AND sensor = $sensor AND gateway = $gateway";
        command.Parameters.AddWithValue("$id", reply.Id);
        command.Parameters.AddWithValue("$sensor", sensor);
        command.Parameters.AddWithValue("$gateway", gateway);
        if (command.ExecuteScalar() is not long known) return ReplyOutcome.Unknown;
        if ((CommandState)known == reply.State) return ReplyOutcome.Taken;
        if ((CommandState)known is not (CommandState.Sent or CommandState.Accepted)) return ReplyOutcome.Late;
        command.CommandText = "UPDATE command SET state = $state, detail = $detail, replied_at = $at WHERE id = $id";
        command.Parameters.AddWithValue("$state", (int)reply.State);
        command.Parameters.AddWithValue("$detail", (object?)reply.Detail ?? DBNull.Value);
        command.Parameters.AddWithValue("$at", _time.GetUtcNow().ToUnixTimeMilliseconds());
        command.ExecuteNonQuery();
        transaction.Commit();
        return ReplyOutcome.Taken;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeviceCommand> Of(string sensor, int limit)
    {
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM command WHERE sensor = $sensor ORDER BY number DESC LIMIT $limit";
        command.Parameters.AddWithValue("$sensor", sensor);
        command.Parameters.AddWithValue("$limit", limit);
        var commands = new List<DeviceCommand>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) commands.Add(Read(reader));
        return commands;
    }

    private DeviceCommand Read(SqliteDataReader row)
    {
        JsonElement? arguments = null;
        if (!row.IsDBNull(4))
        {
            using var document = JsonDocument.Parse(row.GetString(4));
            arguments = document.RootElement.Clone();
        }
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7));
        var state = (CommandState)row.GetInt32(8);
        // Nobody tells that a device kept silent: it is what the clock says.
        if (state is CommandState.Sent && expires < _time.GetUtcNow()) state = CommandState.Expired;
        return new DeviceCommand(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), arguments, row.GetString(5),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)), expires, state, row.IsDBNull(9) ? null : row.GetString(9),
            row.IsDBNull(10) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)));
    }
}
