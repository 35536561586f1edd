using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class ImportCheckTests
{
    [Fact]
    public void A_loop_costs_the_row_that_closes_it()
    {
        var outcome = new SensorRegistry().Apply(Some.File(
            Some.Draft("a", downstream: "b"), Some.Draft("b", downstream: "c"), Some.Draft("c", downstream: "a"), Some.Draft("d")));
        // c falls for the loop, and then a and b for what they flow into.
        Assert.Equal(("c", 4, "downstream", "loop"), Key(outcome.Refused.Single(r => r.Code == "loop")));
        Assert.Equal([("a", 2, "downstream", "downstream-unknown"), ("b", 3, "downstream", "downstream-unknown")],
            outcome.Refused.Where(r => r.Code != "loop").Select(Key));
        Assert.Equal(1, outcome.Added);
    }

    [Fact]
    public void A_loop_with_registered_sensors_is_refused_and_the_old_links_stay()
    {
        var registry = Some.Registry(Some.Draft("c"), Some.Draft("b", downstream: "c"), Some.Draft("a", downstream: "b"));
        var outcome = registry.Apply(Some.File(Some.Draft("c", downstream: "a", name: "新名")));
        var refusal = Assert.Single(outcome.Refused);
        Assert.Equal(("c", 2, "downstream", "loop"), Key(refusal));
        Assert.Equal("c → a → b → c", refusal.Value);
        Assert.True(registry.TryFind("c", out var c));
        Assert.Equal((null, "某站"), (c.Downstream, c.Name));
    }

    [Fact]
    public void Turning_a_chain_round_in_one_file_is_no_loop()
    {
        var registry = Some.Registry(Some.Draft("b"), Some.Draft("a", downstream: "b"));
        var outcome = registry.Apply(Some.File(Some.Draft("b", downstream: "a"), Some.Draft("a")));
        Assert.Empty(outcome.Refused);
        Assert.Equal(["b"], registry.Network.Upstream("a"));
    }

    [Fact]
    public void An_old_link_that_comes_back_may_close_a_loop_too()
    {
        // b → a is good as long as a's row takes a → b away; that row falls for its unknown neighbour, so b's falls as well.
        var registry = Some.Registry(Some.Draft("b"), Some.Draft("a", downstream: "b"));
        var outcome = registry.Apply(Some.File(Some.Draft("b", downstream: "a"), Some.Draft("a", downstream: "nowhere")));
        Assert.Equal(["loop", "downstream-unknown"], outcome.Refused.Select(r => r.Code));
        Assert.Equal(["a"], registry.Network.Upstream("b"));
    }

    [Fact]
    public void A_sensor_does_not_flow_into_itself()
    {
        var outcome = new SensorRegistry().Apply(Some.File(Some.Draft("a", downstream: "a")));
        Assert.Equal("loop", Assert.Single(outcome.Refused).Code);
    }

    [Theory]
    [InlineData(SensorKind.Waterlogging, SensorKind.Pipe, true)]
    [InlineData(SensorKind.Pipe, SensorKind.Outfall, true)]
    [InlineData(SensorKind.Outfall, SensorKind.River, true)]
    [InlineData(SensorKind.River, SensorKind.Tide, true)]
    [InlineData(SensorKind.Reservoir, SensorKind.River, true)]
    [InlineData(SensorKind.Outfall, SensorKind.Pipe, false)]
    [InlineData(SensorKind.River, SensorKind.Outfall, false)]
    [InlineData(SensorKind.Smoke, SensorKind.Pipe, false)]
    [InlineData(SensorKind.Pipe, SensorKind.Parking, false)]
    public void Water_flows_from_streets_to_the_sea(SensorKind from, SensorKind to, bool may)
    {
        var outcome = new SensorRegistry().Apply(Some.File(Some.Draft("from", from, "to"), Some.Draft("to", to)));
        Assert.Equal(may ? [] : ["downstream-kind"], outcome.Refused.Select(r => r.Code));
    }

    [Fact]
    public void A_kind_never_changes()
    {
        var registry = Some.Registry(Some.Draft("a"));
        registry.AutoRegister("g", "gw-1");
        var outcome = registry.Apply(Some.File(Some.Draft("a", SensorKind.Outfall), Some.Draft("g", SensorKind.Outfall)));
        Assert.Equal([("a", 2, "kind", "kind-changed"), ("g", 3, "kind", "kind-changed")], outcome.Refused.Select(Key));
        Assert.Equal(SensorKind.Pipe, registry[0].Kind);
    }

    [Fact]
    public void Of_two_rows_with_one_id_the_first_stays()
    {
        var registry = new SensorRegistry();
        var outcome = registry.Apply(Some.File(Some.Draft("a", name: "甲"), Some.Draft("a", name: "乙")));
        Assert.Equal(("a", 3, "id", "duplicate"), Key(Assert.Single(outcome.Refused)));
        Assert.Equal("甲", registry[0].Name);
    }

    [Fact]
    public void Every_reason_has_its_text()
    {
        var registry = Some.Registry(Some.Draft("known"));
        Some.AssertTextsFor(registry.Apply(Some.File(
            Some.Draft("known", SensorKind.Outfall), Some.Draft("a"), Some.Draft("a"), Some.Draft("self", downstream: "self"),
            Some.Draft("far", downstream: "nowhere"), Some.Draft("up", SensorKind.Outfall, "a"), Some.Draft("lamp", SensorKind.Smoke))).Refused);
        Some.AssertTextsFor([new RowRefusal(1, null, "id", "registry-full"), new RowRefusal(1, null, "name", "too-long"), new RowRefusal(1, null, "name", "control-character")]);
    }

    private static (string?, int, string, string) Key(RowRefusal refusal) => (refusal.Id, refusal.Line, refusal.Field, refusal.Code);
}
