using Xunit;

namespace LuohuIOC.Tests.Storage;

public sealed class SqliteGrainStorageTests : GrainStorageContract
{
    private protected override Task<string> NewStoreAsync() => Task.FromResult("");
}

public sealed class SqliteReminderTableTests : ReminderTableContract
{
    private protected override Task<string> NewStoreAsync() => Task.FromResult("");
}

public sealed class SqliteCrashTests : CrashContract
{
    private protected override Task<string> NewStoreAsync() => Task.FromResult("");
}

[Collection(SharedPostgres.Collection)]
public sealed class PostgresGrainStorageTests(SharedPostgres postgres) : GrainStorageContract
{
    private protected override Task<string> NewStoreAsync() => postgres.Server.NewDatabaseAsync();
}

[Collection(SharedPostgres.Collection)]
public sealed class PostgresReminderTableTests(SharedPostgres postgres) : ReminderTableContract
{
    private protected override Task<string> NewStoreAsync() => postgres.Server.NewDatabaseAsync();
}

public sealed class PostgresCrashTests : CrashContract, IAsyncLifetime
{
    // Its own: it is killed as well.
    private readonly PostgresServer _server = new();

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override Task<string> NewStoreAsync() => _server.NewDatabaseAsync();

    private protected override async Task KillStoreAsync()
    {
        await _server.KillAsync();
        await _server.StartAsync();
    }
}
