using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Xunit;

namespace LuohuIOC.Tests.Storage;

[Collection(SharedPostgres.Collection)]
public sealed class PostgresDatabaseTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Migrations_run_once_and_in_order_also_when_hosts_start_together()
    {
        var place = await postgres.Server.NewDatabaseAsync();
        string[] scripts = ["CREATE TABLE t(n integer); INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"];
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            await using var host = new PostgresDatabase(place);
            host.Migrate("water", scripts);
        })));
        await using var database = new PostgresDatabase(place);
        database.Migrate("water", [.. scripts, "INSERT INTO t VALUES (3)"]);
        Assert.Equal([1, 2, 3], Numbers(database));
        Assert.Contains("newer version", Assert.Throws<IOException>(() => database.Migrate("water", scripts)).Message);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing()
    {
        await using var database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        Assert.Throws<IOException>(() => database.Migrate("water", "CREATE TABLE t(n integer)", "INSERT INTO nowhere VALUES (1)"));
        database.Migrate("water", "CREATE TABLE t(n integer)");
        Assert.Empty(Numbers(database));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_the_secret()
    {
        await using var database = new PostgresDatabase("Host=127.0.0.1;Port=1;Database=luohu;Username=u;Password=hidden");
        var message = Assert.Throws<IOException>(() => database.Migrate("water")).Message;
        Assert.Contains("127.0.0.1:1/luohu", message);
        Assert.DoesNotContain("hidden", message);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_makes_the_host_degraded()
    {
        await using var there = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        Assert.Equal(HealthStatus.Healthy, (await new DatabaseHealth(there, TimeProvider.System).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
        var late = await new DatabaseHealth(there, new FakeClock()).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Degraded, "clock-differs"), (late.Status, late.Description));
        await using var away = new PostgresDatabase("Host=127.0.0.1;Port=1;Database=luohu");
        var told = await new DatabaseHealth(away, TimeProvider.System).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Degraded, "database-away"), (told.Status, told.Description));
    }

    private static List<int> Numbers(PostgresDatabase database)
    {
        using var connection = database.Open();
        using var command = new NpgsqlCommand("SELECT n FROM t ORDER BY n", connection);
        using var reader = command.ExecuteReader();
        var numbers = new List<int>();
        while (reader.Read()) numbers.Add(reader.GetInt32(0));
        return numbers;
    }
}
