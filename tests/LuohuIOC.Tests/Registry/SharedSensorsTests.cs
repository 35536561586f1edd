using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Registry;

/// <summary>Registries of several hosts on one real PostgreSQL.</summary>
[Collection(SharedPostgres.Collection)]
public sealed class SharedSensorsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly RegistryOptions Empty = new() { District = DistrictChoice.Empty };

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-registry-").FullName;
    private PostgresDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_imported_changed_and_retired_on_one_host_is_on_the_other_under_its_own_numbers()
    {
        var (a, b) = (Host("a"), Host("b"));
        b.Registry.AutoRegister("own", "gw-9");
        await a.ApplyAsync(Some.Draft("p-1", downstream: "p-2"), Some.Draft("p-2"));
        await b.Shared.LookAsync(Cancel);
        await a.Shared.LookAsync(Cancel);
        Assert.Equal(["own", "p-1", "p-2"], b.Registry.All.ToArray().Select(s => s.Id));
        Assert.Equal(["p-1", "p-2", "own"], a.Registry.All.ToArray().Select(s => s.Id));
        Assert.Equal("p-2", b.Registry.Network.Edges.Single().To.Id);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_732_000_000_123);
        await b.Changes.MakeAsync(r => r.Retire("p-1", at), Cancel);
        await b.ApplyAsync(Some.Draft("p-2", name: "新名", gateway: "gw-7"));
        await a.Shared.LookAsync(Cancel);
        AssertSame(a, b);
        Assert.Equal((at, "新名", "gw-7"), (Find(a, "p-1").RetiredAt, Find(a, "p-2").Name, Find(a, "p-2").Gateway));
        // And it is in the host's own file, under the numbers that its history knows.
        await a.Registry.FlushAsync(Cancel);
        Assert.Equal(a.Registry.All.ToArray(), new RegistryFile(a.Path).Load());
    }

    [Fact]
    public async Task Hosts_that_start_together_begin_with_one_district_under_the_same_numbers()
    {
        var options = new RegistryOptions { District = DistrictChoice.Luohu };
        var begun = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() => Host($"h{i}", options), Cancel)));
        Assert.Equal(5768, begun[0].Registry.Count);
        Assert.Equal(begun[0].Registry.All.ToArray(), begun[1].Registry.All.ToArray());
        Assert.Equal(begun[0].Registry.All.ToArray(), begun[2].Registry.All.ToArray());
    }

    [Fact]
    public async Task A_host_that_comes_later_gets_all_and_brings_what_it_had_alone()
    {
        var alone = RegistryFeature.Open(PathOf("late"), Empty).Registry;
        alone.Apply(Some.File(Some.Draft("mine"), Some.Draft("both", name: "旧")));
        await alone.FlushAsync(Cancel);
        var early = Host("early");
        await early.ApplyAsync(Some.Draft("both", name: "新"), Some.Draft("theirs"));
        var late = Host("late");
        await early.Shared.LookAsync(Cancel);
        AssertSame(early, late);
        Assert.Equal(3, late.Registry.Count);
        Assert.Equal("新", Find(late, "both").Name);
        Assert.Equal(alone.All.ToArray().Single(s => s.Id == "mine").Number, Find(late, "mine").Number);
    }

    [Fact]
    public async Task Metrics_that_a_generic_sensor_sends_to_two_hosts_are_on_both_in_each_ones_slots()
    {
        var (a, b) = (Host("a"), Host("b"));
        a.Registry.WithMetric(a.Registry.AutoRegister("g", "gw"), "x");
        b.Registry.WithMetric(b.Registry.AutoRegister("g", "gw"), "y");
        foreach (var host in (Site[])[a, b, a]) await host.Shared.LookAsync(Cancel);
        Assert.Equal(["x", "y"], Find(a, "g").Layout.Names.TakeLast(2));
        Assert.Equal(["y", "x"], Find(b, "g").Layout.Names.TakeLast(2));
    }

    [Fact]
    public async Task Imports_at_the_same_time_cannot_make_a_loop()
    {
        var (a, b) = (Host("a"), Host("b"));
        for (var round = 0; round < 10; round++)
        {
            var (up, down) = ($"up-{round}", $"down-{round}");
            await a.ApplyAsync(Some.Draft(up), Some.Draft(down));
            var outcomes = await Task.WhenAll(
                Task.Run(() => a.ApplyAsync(Some.Draft(up, downstream: down)), Cancel), Task.Run(() => b.ApplyAsync(Some.Draft(down, downstream: up)), Cancel));
            Assert.Equal("loop", outcomes.SelectMany(o => o.Refused).Single().Code);
        }
        await a.Shared.LookAsync(Cancel);
        await b.Shared.LookAsync(Cancel);
        AssertSame(a, b);
        Assert.Equal(20, b.Registry.Network.TopologicalOrder.Count);
    }

    [Fact]
    public async Task Whatever_the_hosts_do_in_whatever_order_they_end_with_the_same_sensors()
    {
        var seed = Random.Shared.Next();
        var hosts = Enumerable.Range(0, 3).Select(i => Host($"r{i}")).ToArray();
        await Task.WhenAll(hosts.Select((host, n) => Task.Run(async () =>
        {
            var dice = new Random(seed + n);
            for (var step = 0; step < 60; step++)
            {
                var id = $"s-{dice.Next(12)}";
                switch (dice.Next(4))
                {
                    case 0: await host.ApplyAsync(Some.Draft(id, SensorKind.Generic, name: $"{n}/{step}")); break;
                    case 1: await host.Changes.MakeAsync(r => r.Retire(id, DateTimeOffset.FromUnixTimeMilliseconds(1_732_000_000_000 + step)), Cancel); break;
                    case 2: host.Registry.WithMetric(host.Registry.AutoRegister(id, $"gw-{n}"), $"m{dice.Next(5)}"); break;
                    default: await host.Shared.LookAsync(Cancel); break;
                }
            }
        }, Cancel)));
        for (var round = 0; round < 2; round++)
            foreach (var host in hosts) await host.Shared.LookAsync(Cancel);
        foreach (var host in hosts[1..]) AssertSame(hosts[0], host, $"seed {seed}");
    }

    [Fact]
    public async Task A_sensor_that_is_of_another_kind_elsewhere_stays_and_is_told()
    {
        var (a, b) = (Host("a"), Host("b"));
        b.Registry.AutoRegister("x", "gw");
        await a.ApplyAsync(Some.Draft("x"));
        var told = new List<string>();
        b.Shared.Refused += told.AddRange;
        await b.Shared.LookAsync(Cancel);
        Assert.Equal(["x"], told);
        Assert.Equal(SensorKind.Generic, Find(b, "x").Kind);
        await a.Shared.LookAsync(Cancel);
        Assert.Equal(SensorKind.Pipe, Find(a, "x").Kind);
    }

    [Fact]
    public async Task While_the_database_is_away_an_import_is_refused_whole()
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        await using var database = new PostgresDatabase(await server.NewDatabaseAsync());
        var host = Host("a", Empty, database);
        await server.KillAsync();
        await Assert.ThrowsAsync<ChangeNotMadeException>(() => host.ApplyAsync(Some.Draft("p-1")));
        Assert.Equal(0, host.Registry.Count);
        host.Registry.AutoRegister("g", "gw");
        await Assert.ThrowsAsync<IOException>(() => host.Shared.LookAsync(Cancel));
        await server.StartAsync();
        await host.Shared.LookAsync(Cancel);
        await host.ApplyAsync(Some.Draft("p-1"));
        Assert.Equal(["g", "p-1"], Host("b", Empty, database).Registry.All.ToArray().Select(s => s.Id));
    }

    [Fact]
    public async Task Whoever_sends_a_change_while_the_database_is_away_is_told_that_nothing_was_changed()
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        await using var database = new PostgresDatabase(await server.NewDatabaseAsync());
        await using var host = new RegistryHost(await WebHost.StartAsync(
            ["--Registry:District=Empty"], b => b.AddRegistry().Services.AddSingleton(database), a => a.MapRegistry()));
        host.Registry.AutoRegister("g", "gw");
        await server.KillAsync();
        const string Csv = "id,kind,name,longitude,latitude,gateway\np-1,pipe,甲站,114.1336,22.5553,gw-1\n";
        await ApiClient.ProblemOf(await host.Administrator.Post("/api/v1/sensors/import", Csv, "text/csv"), 503, "registry-not-made");
        await ApiClient.ProblemOf(await host.Administrator.Post("/api/v1/sensors/g/retire", "", "application/json"), 503, "registry-not-made");
        Assert.Equal(1, host.Registry.Count);
        Assert.Null(host.Registry[0].RetiredAt);
    }

    private string PathOf(string name) => Path.Combine(_folder, name, "registry.db");

    private Site Host(string name, RegistryOptions? options = null, PostgresDatabase? database = null)
    {
        var (registry, shared) = RegistryFeature.Open(PathOf(name), options ?? Empty, database ?? _database);
        return new Site(PathOf(name), registry, shared!, new RegistryChanges(registry, shared, TimeProvider.System, NullLogger<RegistryChanges>.Instance));
    }

    private static Sensor Find(Site host, string id) => host.Registry.TryFind(id, out var sensor) ? sensor : throw new InvalidOperationException($"{id} is not there.");

    private static void AssertSame(Site a, Site b, string told = "")
    {
        static string[] All(Site host) =>
        [
            .. host.Registry.All.ToArray().OrderBy(s => s.Id, StringComparer.Ordinal)
                .Select(s => $"{s with { Number = 0, Layout = MetricLayout.Of(s.Kind) }} {string.Join(',', s.Layout.Names.Order())}"),
        ];
        Assert.True(All(a).SequenceEqual(All(b)), $"{told}\n{string.Join('\n', All(a).Except(All(b)))}\n--\n{string.Join('\n', All(b).Except(All(a)))}");
    }

    private sealed record Site(string Path, SensorRegistry Registry, SharedSensors Shared, RegistryChanges Changes)
    {
        public Task<ImportOutcome> ApplyAsync(params SensorDraft[] drafts) => Changes.MakeAsync(r => r.Apply(Some.File(drafts)), Cancel);
    }
}
