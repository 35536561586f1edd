using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class SensorRegistryTests
{
    [Fact]
    public async Task Threads_that_register_the_same_ids_at_once_get_one_number_each()
    {
        const int Ids = 2000;
        var registry = new SensorRegistry();
        var changes = 0;
        registry.Changed += _ => changes++;
        using var start = new Barrier(4);
        var threads = Enumerable.Range(0, 4).Select(t => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait();
            return Enumerable.Range(0, Ids).Select(i =>
            {
                var id = $"s-{(i * 7 + t * 500) % Ids}";
                var sensor = registry.AutoRegister(id, "gw-1");
                // What one thread registered, every thread finds, also while the table grows.
                Assert.True(registry.TryFind(Encoding.UTF8.GetBytes(id), out var found));
                Assert.Equal(sensor.Number, found.Number);
                Assert.Equal(id, registry[sensor.Number].Id);
                return (id, sensor.Number);
            }).ToList();
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var given = (await Task.WhenAll(threads)).SelectMany(g => g).Distinct().ToList();
        Assert.Equal(Ids, given.Count);
        Assert.Equal(Ids, registry.Count);
        Assert.Equal(Ids, changes);
        Assert.Equal(Enumerable.Range(0, Ids), given.Select(g => g.Number).Order());
    }

    [Fact]
    public void Generic_sensors_with_the_same_metrics_share_a_layout()
    {
        var registry = new SensorRegistry();
        var a = registry.WithMetric(registry.WithMetric(registry.AutoRegister("a", "gw-1"), "level"), "flow");
        var b = registry.WithMetric(registry.WithMetric(registry.AutoRegister("b", "gw-1"), "level"), "flow");
        var c = registry.WithMetric(registry.WithMetric(registry.AutoRegister("c", "gw-1"), "flow"), "level");
        Assert.Same(a.Layout, b.Layout);
        Assert.Equal(["level", "flow"], a.Layout.Names.TakeLast(2));
        Assert.Equal(["flow", "level"], c.Layout.Names.TakeLast(2));
        Assert.Same(a, registry.WithMetric(registry[a.Number], "flow"));
    }

    [Fact]
    public void A_layout_grows_to_its_limit_and_no_further()
    {
        var registry = new SensorRegistry();
        var sensor = registry.AutoRegister("a", "gw-1");
        for (var i = 0; i < MetricLayout.MetricsMax + 5; i++) sensor = registry.WithMetric(sensor, $"m{i}");
        Assert.Equal(MetricLayout.MetricsMax, sensor.Layout.Names.Count);
    }

    [Fact]
    public void A_known_kinds_layout_never_grows()
    {
        var registry = Some.Registry(Some.Draft("pipe-1"));
        Assert.Same(registry[0], registry.WithMetric(registry[0], "pressure"));
    }

    [Fact]
    public void A_sensor_moves_is_renamed_and_keeps_its_number()
    {
        var registry = Some.Registry(Some.Draft("a"), Some.Draft("b"));
        var outcome = registry.Apply(Some.File(Some.Draft("b", gateway: "gw-2", name: "新名")));
        Assert.Equal((0, 1, 0), (outcome.Added, outcome.Changed, outcome.Unchanged));
        Assert.True(registry.TryFind("b", out var moved));
        Assert.Equal((1, "gw-2", "新名"), (moved.Number, moved.Gateway, moved.Name));
        Assert.Same(moved, registry[1]);
    }

    [Fact]
    public void The_same_rows_again_change_nothing_and_tell_nobody()
    {
        var file = Some.File(Some.Draft("p1", downstream: "p2"), Some.Draft("p2"), Some.Draft("g", SensorKind.Generic));
        var registry = new SensorRegistry();
        Assert.Equal(3, registry.Apply(file).Added);
        registry.Changed += s => Assert.Fail($"{s.Id} was told as changed");
        var again = registry.Apply(file);
        Assert.Equal((0, 0, 3), (again.Added, again.Changed, again.Unchanged));
    }

    [Fact]
    public void A_column_that_the_file_lacks_leaves_what_was_there()
    {
        var retired = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        var registry = Some.Registry(Some.Draft("p2"), Some.Draft("p1", downstream: "p2", retiredAt: retired) with { Street = "莲塘街道", Community = "某社区" });
        registry.Apply(Some.File(Some.Draft("p1", name: "新名", given: SensorFields.None)));
        Assert.True(registry.TryFind("p1", out var sensor));
        Assert.Equal(("新名", "p2", retired, "莲塘街道", "某社区"), (sensor.Name, sensor.Downstream, sensor.RetiredAt, sensor.Street, sensor.Community));
        registry.Apply(Some.File(Some.Draft("p1")));
        Assert.True(registry.TryFind("p1", out sensor));
        Assert.Equal((null, null, ""), (sensor.Downstream, sensor.RetiredAt, sensor.Community));
        Assert.Equal(StreetMap.At(Some.Place).Name, sensor.Street);
    }

    [Fact]
    public void Retirement_keeps_the_number_and_the_first_time()
    {
        var registry = Some.Registry(Some.Draft("a"));
        var first = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        Assert.Equal(first, registry.Retire("a", first.AddTicks(5))?.RetiredAt);
        Assert.Equal(first, registry.Retire("a", first.AddDays(1))?.RetiredAt);
        Assert.Equal(0, registry[0].Number);
        Assert.Null(registry.Retire("b", first));
    }

    [Fact]
    public void Streets_communities_and_gateways_are_one_string_each()
    {
        var registry = Some.Registry(
            Some.Draft("a", gateway: new string("gw-1")) with { Community = new string("某社区") },
            Some.Draft("b", gateway: new string("gw-1")) with { Community = new string("某社区") });
        Assert.Same(registry[0].Gateway, registry[1].Gateway);
        Assert.Same(registry[0].Community, registry[1].Community);
    }

    [Fact]
    public void The_network_follows_the_links()
    {
        var registry = Some.Registry(Some.Draft("p1"), Some.Draft("p2"));
        Assert.Empty(registry.Network.Edges);
        registry.Apply(Some.File(Some.Draft("p1", downstream: "p2")));
        Assert.Equal(["p1"], registry.Network.Upstream("p2"));
        var before = registry.Network;
        registry.AutoRegister("other", "gw-1");
        Assert.Same(before, registry.Network);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("传感器")]
    public void What_is_no_id_is_not_registered(string id)
    {
        var registry = new SensorRegistry();
        Assert.Throws<InvalidOperationException>(() => registry.AutoRegister(id, "gw-1"));
        Assert.Equal(0, registry.Count);
    }
}
