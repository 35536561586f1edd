using System.Data.Common;
using System.Text.Json;
using Dapper;
using LuohuIOC.Storage;

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

/// <summary>
/// Commands and their replies, durable before either is told on: in <c>commands.db</c> of a host alone, or in the database that several hosts share.
/// The newest <see cref="RowsMax"/> are kept. Statements are written so that both understand them.
/// </summary>
public sealed class CommandBook
{
    /// <summary>Commands kept; the oldest are forgotten.</summary>
    public const int RowsMax = 100_000;

    private const string Schema = """
        CREATE TABLE command(
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sensor TEXT NOT NULL, gateway TEXT NOT NULL, name TEXT NOT NULL,
            arguments TEXT, issued_by TEXT NOT NULL, issued_at INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL,
            detail TEXT, replied_at INTEGER);
        CREATE INDEX command_by_sensor ON command(sensor, number);
        """;

    // A gateway's look at what waits for it must stay cheap when hundreds come back at once.
    private const string WaitingIndex = "CREATE INDEX command_waiting ON command(gateway, number) WHERE state = 7";

    // Sent or waiting.
    private const string Unanswered = "state IN (1, 7)";

    private const string UnansweredIndex = $"DROP INDEX command_waiting; CREATE INDEX command_unanswered ON command(gateway, expires) WHERE {Unanswered}";

    // Any number that nobody else in the database takes for a lock of its own.
    private const long OrderLock = 0x6c756f6875_02;

    private const string Columns = "number, id, sensor, gateway, name, arguments, issued_by AS \"IssuedBy\", issued_at AS \"IssuedAt\", expires, state, detail, replied_at AS \"RepliedAt\"";

    private readonly Func<DbConnection> _open;
    private readonly TimeProvider _time;

    public CommandBook(string path, TimeProvider time) => (_open, _time) = (new SqliteFile(path, Schema, WaitingIndex, UnansweredIndex).Open, time);

    public CommandBook(PostgresDatabase shared, TimeProvider time)
    {
        (_open, _time, IsShared) = (shared.Open, time, true);
        shared.Migrate("commands",
            Schema.Replace("INTEGER PRIMARY KEY AUTOINCREMENT", "bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY", StringComparison.Ordinal)
                .Replace("INTEGER", "bigint", StringComparison.Ordinal) + "ALTER TABLE command ADD COLUMN host TEXT NOT NULL", WaitingIndex, UnansweredIndex);
    }

    /// <summary>Commands of other hosts stand in it too; see <see cref="CommandRelay"/>.</summary>
    public bool IsShared { get; }

    /// <summary>Tells this process' commands from those of other hosts.</summary>
    private string Host { get; } = Guid.NewGuid().ToString("N");

    public void Add(DeviceCommand command)
    {
        using var connection = _open();
        using var transaction = connection.BeginTransaction();
        // So that numbers become visible in their order, and who has seen one has seen all below it.
        if (IsShared) connection.Execute($"SELECT pg_advisory_xact_lock({OrderLock})", transaction: transaction);
        connection.Execute(
            $"""
            INSERT INTO command(id, sensor, gateway, name, arguments, issued_by, issued_at, expires, state{(IsShared ? ", host" : "")})
            VALUES (@Id, @Sensor, @Gateway, @Name, @Arguments, @IssuedBy, @IssuedAt, @Expires, @State{(IsShared ? ", @Host" : "")})
            """,
            new
            {
                command.Id,
                command.Sensor,
                command.Gateway,
                command.Name,
                Arguments = command.Arguments?.GetRawText(),
                command.IssuedBy,
                IssuedAt = command.IssuedAt.ToUnixTimeMilliseconds(),
                Expires = command.Expires.ToUnixTimeMilliseconds(),
                State = (long)command.State,
                Host,
            }, transaction);
        connection.Execute("DELETE FROM command WHERE number <= (SELECT max(number) FROM command) - @RowsMax", new { RowsMax }, transaction);
        transaction.Commit();
    }

    /// <summary>Notes a reply. A reply that says again what is known is taken; after an end nothing changes any more.</summary>
    public ReplyOutcome Reply(string gateway, string sensor, CommandReply reply)
    {
        using var connection = _open();
        using var transaction = connection.BeginTransaction();
        var known = connection.ExecuteScalar<long?>(
            $"SELECT state FROM command WHERE id = @Id AND sensor = @sensor AND gateway = @gateway{(IsShared ? " FOR UPDATE" : "")}",
            new { reply.Id, sensor, gateway }, transaction);
        if (known is null) return ReplyOutcome.Unknown;
        if ((CommandState)known == reply.State) return ReplyOutcome.Taken;
        if ((CommandState)known is not (CommandState.Waiting or CommandState.Sent or CommandState.Accepted)) return ReplyOutcome.Late;
        connection.Execute("UPDATE command SET state = @State, detail = @Detail, replied_at = @at WHERE id = @Id",
            new { State = (long)reply.State, reply.Detail, at = _time.GetUtcNow().ToUnixTimeMilliseconds(), reply.Id }, transaction);
        transaction.Commit();
        return ReplyOutcome.Taken;
    }

    /// <summary>Newest first.</summary>
    /// <param name="sensor">Whose.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">Where the page before ended; none is the newest.</param>
    /// <returns>The commands, and where the next page begins; null at the end.</returns>
    public (IReadOnlyList<DeviceCommand> Commands, long? Next) Of(string sensor, int limit, long? after = null)
    {
        using var connection = _open();
        var rows = connection.Query<Row>(
            $"SELECT {Columns} FROM command WHERE sensor = @sensor AND number < @before ORDER BY number DESC LIMIT @rows",
            new { sensor, before = after ?? long.MaxValue, rows = limit + 1 }).ToList();
        return ([.. rows.Take(limit).Select(Read)], rows.Count > limit ? rows[limit - 1].Number : null);
    }

    /// <summary>What waits for a gateway, or was sent and has no answer, and may still be carried out; oldest first. Between a broker and a device that is cut off nobody knows how far it came.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="sensor">Of one sensor; null for all.</param>
    internal IReadOnlyList<DeviceCommand> UnansweredOf(string gateway, string? sensor)
    {
        using var connection = _open();
        return [.. connection.Query<Row>(
            $"SELECT {Columns} FROM command WHERE gateway = @gateway AND {Unanswered} AND expires > @now {(sensor is null ? "" : "AND sensor = @sensor")} ORDER BY number",
            new { gateway, sensor, now = _time.GetUtcNow().ToUnixTimeMilliseconds() }).Select(Read)];
    }

    /// <summary>A command that waited has been given to the broker; a reply that was faster stays.</summary>
    internal void NoteSent(string id)
    {
        using var connection = _open();
        connection.Execute($"UPDATE command SET state = {(int)CommandState.Sent} WHERE id = @id AND state = {(int)CommandState.Waiting}", new { id });
    }

    /// <summary>Commands that other hosts were given after the one with a number and that may still be carried out, oldest first.</summary>
    /// <param name="after">A number; becomes that of the newest command of all.</param>
    internal IReadOnlyList<DeviceCommand> OfOthers(ref long after)
    {
        using var connection = _open();
        var newest = connection.ExecuteScalar<long?>("SELECT max(number) FROM command") ?? 0;
        if (newest <= after) return [];
        var commands = connection.Query<Row>(
            $"SELECT {Columns} FROM command WHERE number > @after AND number <= @newest AND host <> @Host AND {Unanswered} AND expires > @now ORDER BY number",
            new { after, newest, Host, now = _time.GetUtcNow().ToUnixTimeMilliseconds() }).Select(Read).ToList();
        after = newest;
        return commands;
    }

    private DeviceCommand Read(Row row)
    {
        JsonElement? arguments = null;
        if (row.Arguments is not null)
        {
            using var document = JsonDocument.Parse(row.Arguments);
            arguments = document.RootElement.Clone();
        }
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(row.Expires);
        var state = (CommandState)row.State;
        // Nobody tells that a device kept silent: it is what the clock says.
        if (state is CommandState.Sent or CommandState.Waiting && expires < _time.GetUtcNow()) state = CommandState.Expired;
        return new DeviceCommand(row.Id, row.Sensor, row.Gateway, row.Name, arguments, row.IssuedBy,
            DateTimeOffset.FromUnixTimeMilliseconds(row.IssuedAt), expires, state, row.Detail,
            row.RepliedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    private sealed record Row(
        long Number, string Id, string Sensor, string Gateway, string Name, string? Arguments, string IssuedBy, long IssuedAt, long Expires, long State, string? Detail,
        long? RepliedAt);
}
