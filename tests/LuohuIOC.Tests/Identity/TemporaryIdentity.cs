using LuohuIOC.Identity;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;

namespace LuohuIOC.Tests.Identity;

/// <summary>A data directory of its own, its identity file, and a clock that stands.</summary>
internal sealed class TemporaryIdentity : IDisposable
{
    /// <param name="shared">The database of several hosts; none for the file of a host alone.</param>
    public TemporaryIdentity(PostgresDatabase? shared = null)
    {
        Files = new CredentialFiles(Directory);
        Database = shared is null ? new IdentityDatabase(Directory) : new IdentityDatabase(shared, Directory);
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ioc-identity-").FullName;

    public FakeClock Clock { get; } = new();

    public CredentialFiles Files { get; }

    public IdentityDatabase Database { get; }

    public TokenBook Tokens() => new(Database, Clock);

    public GatewaySecrets Secrets() => new(Database, Files, Clock);

    public void Dispose()
    {
        Database.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
