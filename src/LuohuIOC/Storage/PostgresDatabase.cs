using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>
/// The database that the hosts of one city share. Each feature keeps its own tables and migrations: migration i runs when the feature's
/// row in <c>schema_version</c> says i, in one transaction, on whichever host comes first.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>
    /// Connections of one pool at most. A host has two, since Orleans opens its own by the same address: three hosts stay below the 100 that a server
    /// takes by default.
    /// </summary>
    private const int ConnectionsMax = 16;

    // Any number that nobody else in the database takes for a lock of its own.
    private const long MigrationLock = 0x6c756f6875;

    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "luohu-ioc" };
        if (!connectionString.Contains("Pool Size", StringComparison.OrdinalIgnoreCase)) builder.MaxPoolSize = ConnectionsMax;
        // A server that vanished without a word must not hold a writer for the minutes that TCP takes.
        if (builder.KeepAlive == 0) builder.KeepAlive = 10;
        // Nor a host that vanished or stands still hold a lock that the others wait for: the ledger's chain is written by one at a time.
        builder.Options = $"{builder.Options} -c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3".Trim();
        ConnectionString = builder.ToString();
        Place = $"{builder.Host}:{builder.Port}/{builder.Database}";
        _source = NpgsqlDataSource.Create(builder);
    }

    public string ConnectionString { get; }

    /// <summary>Host, port and database, without the secret.</summary>
    public string Place { get; }

    public NpgsqlConnection Open() => _source.OpenConnection();

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Brings one feature's tables up to date.</summary>
    /// <param name="feature">Its name in <c>schema_version</c>.</param>
    /// <param name="migrations">SQL scripts in order; append, never edit one that has shipped.</param>
    /// <exception cref="IOException">The database cannot be used; the message says why and what to do.</exception>
    public void Migrate(string feature, params string[] migrations)
    {
        try
        {
            using var connection = Open();
            using var transaction = connection.BeginTransaction();
            // Hosts that start together take turns.
            Execute(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})");
            Execute(connection, "CREATE TABLE IF NOT EXISTS schema_version(feature text PRIMARY KEY, version integer NOT NULL)");
            using var read = new NpgsqlCommand("SELECT version FROM schema_version WHERE feature = $1", connection) { Parameters = { new() { Value = feature } } };
            var version = read.ExecuteScalar() as int? ?? 0;
            if (version > migrations.Length)
                throw new IOException($"{Place}: written by a newer version ({feature} schema {version}, this program knows {migrations.Length}). Run the newer version.");
            foreach (var migration in migrations[version..]) Execute(connection, migration);
            using var write = new NpgsqlCommand(
                "INSERT INTO schema_version VALUES ($1, $2) ON CONFLICT (feature) DO UPDATE SET version = excluded.version", connection)
            { Parameters = { new() { Value = feature }, new() { Value = migrations.Length } } };
            write.ExecuteNonQuery();
            transaction.Commit();
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"Cluster:PostgreSql: {Place} cannot be used ({e.Message}). Start the server, or correct the connection string.", e);
        }
    }

    /// <summary>May pass when the server is back or has room: whatever it calls so itself, and a connection that broke.</summary>
    internal static bool IsTemporary(Exception e) => e switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState[..2] is "08" or "25" or "53" or "57" or "58",
        NpgsqlException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>A migration that lies beside the code as <c>Sql/{name}.sql</c>.</summary>
    internal static string Script(string name)
    {
        using var stream = typeof(PostgresDatabase).Assembly.GetManifestResourceStream($"storage/{name}.sql")
            ?? throw new InvalidOperationException($"The script {name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
