using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class DrainageNetworkTests
{
    [Fact]
    public void Knows_what_is_upstream_and_the_way_down()
    {
        var network = Some.Registry(
            Some.Draft("o", SensorKind.Outfall), Some.Draft("p1", downstream: "o"), Some.Draft("p2", downstream: "p1"),
            Some.Draft("w", SensorKind.Waterlogging, "p2"), Some.Draft("p3", downstream: "p1"), Some.Draft("alone")).Network;
        Assert.Equal(["p2", "p3"], network.Upstream("p1"));
        Assert.Equal(["p1", "p2", "p3", "w"], network.AllUpstream("o").Select(s => s.Id));
        Assert.Equal(["p2", "p1", "o"], network.DownstreamPath("w").Select(s => s.Id));
        Assert.Empty(network.Upstream("w"));
        Assert.Empty(network.DownstreamPath("alone"));
        Assert.Empty(network.DownstreamPath("unknown"));
        Assert.DoesNotContain(network.TopologicalOrder, s => s.Id == "alone");
    }

    // Any file of links, loops among them: what the registry lets in has an order in which all water runs forward.
    [Fact]
    public void Whatever_is_imported_each_sensor_stands_before_the_one_downstream() =>
        Gen.Select(Gen.Int[-1, 29].Array[30], Gen.Int[-1, 29].Array[30]).Sample((first, second) =>
        {
            var registry = new SensorRegistry();
            foreach (var links in new[] { first, second })
                registry.Apply(Some.File([.. links.Select((to, i) => Some.Draft($"p{i}", downstream: to < 0 ? null : $"p{to}"))]));
            var order = registry.Network.TopologicalOrder.Select((s, i) => (s.Id, i)).ToDictionary(s => s.Id, s => s.i);
            foreach (var (from, to) in registry.Network.Edges) Assert.True(order[from.Id] < order[to.Id]);
        });
}
