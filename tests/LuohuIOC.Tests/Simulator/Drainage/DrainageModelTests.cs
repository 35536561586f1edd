using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Language;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Drainage;

public sealed class DrainageModelTests
{
    private const double LowTide = -0.7;
    private static readonly DrainageNetwork Network = DrainageNetwork.Of(TestCity.Sensors(), 1);

    [Fact]
    public void No_water_appears_or_vanishes_whatever_falls() =>
        Gen.Select(Gen.Double[0, 5].Array[40], Gen.Double[-1, 3], Gen.Double[1, 60]).Sample(
            (mm, tide, seconds) =>
            {
                var model = new DrainageModel(Network);
                var rain = new double[Network.Nodes.Count];
                foreach (var step in mm)
                {
                    Array.Fill(rain, step);
                    model.Step(seconds, rain, tide);
                    var balance = model.Balance;
                    Assert.True(Math.Abs(balance.Missing) <= 1e-9 * Math.Max(1, balance.In), $"{balance.Missing} m³ missing of {balance.In}");
                }
            },
            iter: 50);

    [Fact]
    public void Nothing_in_the_network_is_ever_negative_or_more_than_full()
    {
        var model = new DrainageModel(Network);
        var rain = new double[Network.Nodes.Count];
        Array.Fill(rain, 0.5);
        for (var step = 0; step < 300; step++)
        {
            model.Step(10, step < 120 ? rain : new double[rain.Length], LowTide);
            for (var i = 0; i < rain.Length; i++)
            {
                Assert.True(model.Ponding(i) >= 0);
                Assert.InRange(model.Flow[i], 0, Network.Nodes[i].Capacity * 1.0001);
                Assert.InRange(model.Level(i), 0, Network.Nodes[i].Diameter + 1.5);
            }
        }
    }

    [Fact]
    public void A_high_tide_backs_up()
    {
        var low = Drown(LowTide);
        var high = Drown(3.5);
        Assert.True(high.Balance.Discharged < low.Balance.Discharged * 0.95);
        Assert.True(high.Balance.Hollows > low.Balance.Hollows);
        for (var i = 0; i < Network.Nodes.Count; i++) Assert.True(high.Ponding(i) >= low.Ponding(i) - 1e-6);
    }

    [Fact]
    public void The_tide_takes_capacity_from_drowned_outfalls_only()
    {
        var outfall = Network.Nodes.First(n => n.Kind == SensorKind.Outfall);
        Assert.Equal(1, DrainageModel.TideShare(outfall, outfall.InvertMetres));
        Assert.InRange(DrainageModel.TideShare(outfall, outfall.InvertMetres + outfall.Diameter), 0.3, 0.95);
        Assert.Equal(0.05, DrainageModel.TideShare(outfall, outfall.InvertMetres + outfall.Diameter + 5), 1e-9);
        Assert.Equal(1, DrainageModel.TideShare(Network.Nodes.First(n => n.Kind == SensorKind.Pipe), 9));
    }

    [Fact]
    public void Each_node_comes_after_the_one_it_flows_to()
    {
        var position = Network.DownstreamFirst.Select((node, at) => (node, at)).ToDictionary(p => p.node, p => p.at);
        Assert.Equal(291, position.Count);
        foreach (var (node, at) in position)
            if (Network.Nodes[node].Downstream is >= 0 and var next) Assert.True(position[next] < at);
    }

    [Fact]
    public void A_network_that_flows_in_a_circle_is_refused_by_name()
    {
        var sensors = TestCity.Sensors().Select(s => s.Id switch
        {
            "pipe-001" => s with { Downstream = "pipe-002" },
            "pipe-002" => s with { Downstream = "pipe-001" },
            _ => s,
        }).ToArray();
        var refused = Assert.Throws<InputException>(() => DrainageNetwork.Of(sensors, 1));
        Assert.StartsWith("pipe-00", Assert.Single(refused.Arguments)?.ToString());
    }

    private static DrainageModel Drown(double tide)
    {
        var model = new DrainageModel(Network);
        var rain = new double[Network.Nodes.Count];
        Array.Fill(rain, 1.2 / 6);
        for (var step = 0; step < 360; step++) model.Step(10, rain, tide);
        return model;
    }
}
