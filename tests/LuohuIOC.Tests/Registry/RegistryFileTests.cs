using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public sealed class RegistryFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registry").FullName;

    private string FilePath => Path.Combine(_folder, "registry.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_restart_keeps_numbers_layouts_and_every_field()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var registry = Open();
        registry.Apply(Some.File(
            Some.Draft("p2") with { Street = "莲塘街道", Community = "某社区", InstalledOn = new DateOnly(2020, 2, 29), Synthetic = true },
            Some.Draft("p1", downstream: "p2", retiredAt: DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123))));
        registry.WithMetric(registry.WithMetric(registry.AutoRegister("auto", "gw-9"), "flow"), "level");
        await registry.FlushAsync(cancellation);
        registry.WithMetric(registry[2], "tilt");
        registry.Apply(Some.File(Some.Draft("p2", gateway: "gw-2")));
        await registry.FlushAsync(cancellation);

        var again = Open();
        Assert.Equal(registry.All.ToArray(), again.All.ToArray());
        Assert.Same(registry[2].Layout, again[2].Layout);
        Assert.Equal(3, again.AutoRegister("next", "gw-1").Number);
    }

    [Fact]
    public async Task What_was_not_flushed_is_lost_and_what_was_is_not()
    {
        var registry = Open();
        registry.AutoRegister("kept", "gw-1");
        await registry.FlushAsync(TestContext.Current.CancellationToken);
        registry.AutoRegister("lost", "gw-1");
        Assert.Equal(["kept"], Open().All.ToArray().Select(s => s.Id));
    }

    [Fact]
    public async Task A_hundred_thousand_registrations_are_one_transaction()
    {
        var registry = Open();
        for (var i = 0; i < 100_000; i++) registry.AutoRegister($"auto-{i}", "gw-1");
        await registry.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(100_000, Open().Count);
        Assert.True(registry.FlushAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_write_that_fails_names_the_file_and_is_made_up_for_later()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var registry = Open();
        using (var vandal = new SqliteConnection($"Data Source={FilePath}"))
        {
            vandal.Open();
            Execute(vandal, "ALTER TABLE sensors RENAME TO hidden");
            registry.AutoRegister("a", "gw-1");
            var error = await Assert.ThrowsAsync<IOException>(() => registry.FlushAsync(cancellation));
            Assert.Contains(FilePath, error.Message);
            registry.AutoRegister("b", "gw-1");
            Execute(vandal, "ALTER TABLE hidden RENAME TO sensors");
        }
        await registry.FlushAsync(cancellation);
        Assert.Equal(["a", "b"], Open().All.ToArray().Select(s => s.Id));
    }

    [Fact]
    public void A_file_that_is_no_database_is_named_with_the_remedy()
    {
        File.WriteAllText(FilePath, new string('x', 5000));
        var error = Assert.Throws<IOException>(Open);
        Assert.Contains(FilePath, error.Message);
        Assert.Contains("backup", error.Message);
    }

    [Theory]
    [InlineData("UPDATE sensors SET number = 7 WHERE number = 1", "number 7")]
    [InlineData("UPDATE sensors SET kind = 'teapot' WHERE number = 1", "teapot")]
    [InlineData("UPDATE sensors SET id = 'no id' WHERE number = 1", "no id")]
    [InlineData("UPDATE sensors SET metrics = '[' WHERE number = 1", "registry.db")]
    [InlineData("DROP TABLE sensors", "sensors")]
    public async Task A_damaged_row_is_named_and_nothing_is_guessed(string damage, string named)
    {
        var registry = Open();
        registry.AutoRegister("a", "gw-1");
        registry.AutoRegister("b", "gw-1");
        await registry.FlushAsync(TestContext.Current.CancellationToken);
        using (var vandal = new SqliteConnection($"Data Source={FilePath}"))
        {
            vandal.Open();
            Execute(vandal, damage);
        }
        var error = Assert.Throws<IOException>(Open);
        Assert.Contains(FilePath, error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void An_empty_registry_begins_with_the_chosen_district_and_only_then()
    {
        var options = new RegistryOptions { District = DistrictChoice.Empty };
        Assert.Equal(0, RegistryFeature.Open(FilePath, options).Registry.Count);
        options.District = DistrictChoice.Luohu;
        options.Counts["parking"] = 10;
        var begun = RegistryFeature.Open(FilePath, options).Registry;
        Assert.Equal(10, begun.All.ToArray().Count(s => s.Kind == SensorKind.Parking));
        options.Counts["parking"] = 20;
        Assert.Equal(begun.All.ToArray(), RegistryFeature.Open(FilePath, options).Registry.All.ToArray());
    }

    [Fact]
    public void A_full_registry_admits_no_more()
    {
        var registry = new SensorRegistry(new RegistryFile(FilePath), sensorsMax: 2);
        registry.AutoRegister("a", "gw-1");
        var outcome = registry.Apply(Some.File(Some.Draft("b"), Some.Draft("c")));
        Assert.Equal(("c", "registry-full"), (outcome.Refused.Single().Id, outcome.Refused.Single().Code));
        Assert.True(registry.IsFull);
        Assert.Throws<InvalidOperationException>(() => registry.AutoRegister("d", "gw-1"));
        Assert.Equal("a", registry.AutoRegister("a", "gw-1").Id);
    }

    [Fact]
    public async Task A_stop_right_after_the_start_keeps_what_came_in_between()
    {
        var registry = Open();
        using var upkeep = new RegistryWriteBehind(registry, Options.Create(new RegistryOptions()), TimeProvider.System, NullLogger<RegistryWriteBehind>.Instance);
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        registry.AutoRegister("new", "gw-1");
        await upkeep.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["new"], Open().All.ToArray().Select(s => s.Id));
    }

    private SensorRegistry Open() => new(new RegistryFile(FilePath));

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
