using System.Data.Common;
using Dapper;
using LuohuIOC.Storage;

namespace LuohuIOC.Identity;

/// <summary>
/// Tokens and gateway secrets, hashed: in <c>identity.db</c> of a host alone, or in the database that several hosts share. Times are Unix
/// milliseconds. Statements are written so that both understand them.
/// </summary>
public sealed class IdentityDatabase : IDisposable
{
    private const string Tables = """
        CREATE TABLE token (
            id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
            created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, last_used INTEGER) WITHOUT ROWID;
        CREATE TABLE gateway (
            id TEXT PRIMARY KEY, hash BLOB NOT NULL, created INTEGER NOT NULL, rotated INTEGER, disabled INTEGER) WITHOUT ROWID;
        """;

    // A ticket lives for half a minute: not worth a write-ahead log.
    private const string Shared = """
        CREATE TABLE identity_change (number bigint NOT NULL);
        INSERT INTO identity_change VALUES (1);
        CREATE UNLOGGED TABLE ticket (hash bytea PRIMARY KEY, token TEXT NOT NULL, expires timestamptz NOT NULL);
        CREATE INDEX ticket_by_expiry ON ticket (expires);
        """;

    private readonly SqliteFile? _file;
    private readonly PostgresDatabase? _shared;
    private readonly bool _isOwner;
    private readonly Lazy<DbConnection> _watch;

    /// <summary>The file of a host alone.</summary>
    public IdentityDatabase(string dataDirectory)
    {
        _file = new SqliteFile(Path.Combine(dataDirectory, IdentityFile.Name), Tables);
        _watch = new Lazy<DbConnection>(() => _file.Open());
    }

    /// <summary>What several hosts share. What the host had in a file of its own while it was alone is taken over, as far as nobody has it yet.</summary>
    /// <param name="shared">The database.</param>
    /// <param name="dataDirectory">Of this host.</param>
    /// <param name="isOwner">The database ends with this.</param>
    public IdentityDatabase(PostgresDatabase shared, string dataDirectory, bool isOwner = false)
    {
        (_shared, _isOwner) = (shared, isOwner);
        _watch = new Lazy<DbConnection>(shared.Open);
        shared.Migrate("identity", Tables.Replace(" WITHOUT ROWID", "", StringComparison.Ordinal).Replace("INTEGER", "bigint", StringComparison.Ordinal)
            .Replace("BLOB", "bytea", StringComparison.Ordinal) + Shared);
        if (File.Exists(Path.Combine(dataDirectory, IdentityFile.Name))) TakeOver(new IdentityDatabase(dataDirectory));
    }

    /// <summary>Other hosts write to it too, and what they write is looked for every second.</summary>
    public bool IsShared => _shared is not null;

    /// <summary>Whether a host has made the store that a configuration names; of what several hosts share it cannot be seen without asking.</summary>
    public static bool IsThere(IConfiguration configuration) =>
        SharedOf(configuration) is { Length: > 0 } || File.Exists(Path.Combine(IdentityFile.DataDirectoryOf(configuration), IdentityFile.Name));

    /// <summary>The store that a configuration names, for a program beside the host.</summary>
    public static IdentityDatabase Of(IConfiguration configuration)
    {
        var directory = IdentityFile.DataDirectoryOf(configuration);
        return SharedOf(configuration) is { Length: > 0 } shared
            ? new IdentityDatabase(new PostgresDatabase(shared), directory, isOwner: true)
            : new IdentityDatabase(directory);
    }

    public DbConnection Open() => _shared is not null ? _shared.Open() : _file!.Open();

    public async Task<DbConnection> OpenAsync(CancellationToken cancellation) =>
        _shared is not null ? await _shared.OpenAsync(cancellation) : _file!.Open();

    /// <summary>
    /// Begins a change that the others must see. Of several hosts one changes at a time, so that the number of the change grows in the order in
    /// which changes can be seen.
    /// </summary>
    public DbTransaction BeginChange(DbConnection connection)
    {
        var transaction = connection.BeginTransaction();
        if (IsShared) connection.Execute("UPDATE identity_change SET number = number + 1", transaction: transaction);
        return transaction;
    }

    /// <summary>Another number than before once somebody else has changed something. Not for two threads at once.</summary>
    public long ChangeNumber()
    {
        if (!IsShared) return _watch.Value.ExecuteScalar<long>("PRAGMA data_version");
        using var connection = Open();
        return connection.ExecuteScalar<long>("SELECT number FROM identity_change");
    }

    public static long? ToColumn(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset? FromColumn(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    public void Dispose()
    {
        if (_watch.IsValueCreated) _watch.Value.Dispose();
        if (_isOwner) _shared!.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static string? SharedOf(IConfiguration configuration) => configuration[$"{ClusterOptions.Section}:{nameof(ClusterOptions.PostgreSql)}"];

    private void TakeOver(IdentityDatabase alone)
    {
        using (alone)
        using (var from = alone.Open())
        using (var into = Open())
        using (var transaction = BeginChange(into))
        {
            foreach (var token in from.Query<TokenRow>(TokenRow.Select))
                into.Execute($"INSERT INTO token VALUES {TokenRow.Values} ON CONFLICT DO NOTHING", token, transaction);
            foreach (var gateway in from.Query<GatewayRow>(GatewayRow.Select))
                into.Execute($"INSERT INTO gateway VALUES {GatewayRow.Values} ON CONFLICT DO NOTHING", gateway, transaction);
            transaction.Commit();
        }
    }
}

/// <summary>A token as it is stored.</summary>
internal sealed record TokenRow(string Id, byte[] Hash, string Name, string Role, long Created, long? Expires, long? Revoked, long? LastUsed)
{
    public const string Select = "SELECT id, hash, name, role, created, expires, revoked, last_used AS \"LastUsed\" FROM token";
    public const string Values = "(@Id, @Hash, @Name, @Role, @Created, @Expires, @Revoked, @LastUsed)";
}

/// <summary>A gateway's secret as it is stored.</summary>
internal sealed record GatewayRow(string Id, byte[] Hash, long Created, long? Rotated, long? Disabled)
{
    public const string Select = "SELECT id, hash, created, rotated, disabled FROM gateway";
    public const string Values = "(@Id, @Hash, @Created, @Rotated, @Disabled)";
}
