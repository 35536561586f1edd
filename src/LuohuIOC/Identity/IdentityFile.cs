using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Identity;

/// <summary><c>identity.db</c>: tokens and gateway secrets, hashed. Times are Unix milliseconds.</summary>
public sealed class IdentityFile(string dataDirectory)
{
    private const string First = """
        CREATE TABLE token (
            id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
            created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, last_used INTEGER) WITHOUT ROWID;
        CREATE TABLE gateway (
            id TEXT PRIMARY KEY, hash BLOB NOT NULL, created INTEGER NOT NULL, rotated INTEGER, disabled INTEGER) WITHOUT ROWID;
        """;

    private readonly SqliteFile _file = new(Path.Combine(dataDirectory, "identity.db"), First);

    public SqliteConnection Open() => _file.Open();

    /// <summary>The configured <c>DataDirectory</c> as a full path; <c>./data</c> when nothing is set.</summary>
    public static string DataDirectoryOf(IConfiguration configuration) => Path.GetFullPath(configuration["DataDirectory"] is { Length: > 0 } set ? set : "./data");

    public static object ToColumn(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeMilliseconds() : DBNull.Value;

    public static DateTimeOffset? FromColumn(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    /// <summary>A command on <paramref name="connection"/> with its parameters, in a transaction if one is given.</summary>
    public static SqliteCommand Command(SqliteConnection connection, string sql, SqliteTransaction? transaction, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
