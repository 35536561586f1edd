using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;

namespace LuohuIOC.Tests.Identity;

/// <summary>A data directory of its own, its identity file, and a clock that stands.</summary>
internal sealed class TemporaryIdentity : IDisposable
{
    public TemporaryIdentity()
    {
        Files = new CredentialFiles(Directory);
        File = new IdentityFile(Directory);
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ioc-identity-").FullName;

    public FakeClock Clock { get; } = new();

    public CredentialFiles Files { get; }

    public IdentityFile File { get; }

    public TokenBook Tokens() => new(File, Clock);

    public GatewaySecrets Secrets() => new(File, Files, Clock);

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
