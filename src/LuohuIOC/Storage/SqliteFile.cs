using Microsoft.Data.Sqlite;

namespace LuohuIOC.Storage;

/// <summary>
/// Opens one feature's SQLite file in WAL mode and brings its schema up to date: migration i runs when the file's
/// user_version is i, in one transaction. Errors name the file and what to do.
/// </summary>
public sealed class SqliteFile
{
    private readonly string _connectionString;

    /// <param name="path">The file; its folder is made.</param>
    /// <param name="migrations">SQL scripts in order; append, never edit one that has shipped.</param>
    public SqliteFile(string path, params string[] migrations)
    {
        Path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = Path, DefaultTimeout = 30 }.ToString();
        try
        {
            Migrate(migrations);
        }
        catch (SqliteException e)
        {
            throw new IOException($"{Path}: the database cannot be opened ({e.Message}). Restore it from a backup, or move it away to start with an empty one.", e);
        }
    }

    public string Path { get; }

    /// <summary>An open connection: WAL, synchronous=FULL (a commit survives power loss), 30 s busy timeout. The caller disposes it.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000;");
        return connection;
    }

    private void Migrate(string[] migrations)
    {
        using var connection = Open();
        if (VersionOf(connection, null) > migrations.Length)
            throw new IOException($"{Path}: written by a newer version (schema {VersionOf(connection, null)}, this program knows {migrations.Length}). Run the newer version.");
        while (VersionOf(connection, null) < migrations.Length)
        {
            using var transaction = connection.BeginTransaction();
            // Looked at again within it: programs that open an older file together take turns.
            var version = VersionOf(connection, transaction);
            if (version >= migrations.Length) return;
            // A connection remembers tables as it last saw them, and would refuse a script for a column that another program has added meanwhile. What runs, unlike
            // what is only prepared, makes it look again.
            Execute(connection, "SELECT count(*) FROM sqlite_schema", transaction);
            Execute(connection, migrations[version], transaction);
            Execute(connection, $"PRAGMA user_version={version + 1}", transaction);
            transaction.Commit();
        }
    }

    private static int VersionOf(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var read = connection.CreateCommand();
        read.CommandText = "PRAGMA user_version";
        read.Transaction = transaction;
        return (int)(long)read.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
