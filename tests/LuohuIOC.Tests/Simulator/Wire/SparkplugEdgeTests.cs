using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Simulator.Wire;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Wire;

/// <summary>The simulated edge node against the product's view of a node, and its bytes against a published encoder's.</summary>
public sealed class SparkplugEdgeTests
{
    private const long At = 1694102400000;

    [Fact]
    public void Births_data_and_death_are_one_life()
    {
        var (edge, host) = (Edge(0), new SparkplugNode());
        var death = edge.Death(true);
        foreach (var birth in edge.Births()) Assert.False(Take(host, edge, birth).WantsRebirth);
        Assert.True(host.IsAlive && host.IsDeviceAlive("river-001") && host.IsDeviceAlive("wl-001"));
        var step = Take(host, edge, edge.Data("wl-001", [0.25, double.NaN, -70], At)!);
        Assert.False(step.WantsRebirth);
        Assert.Equal([("wl-001", "depth", At, 0.25), ("wl-001", "signal", At, -70.0)], step.Values.Select(v => (v.Device!, v.Name, v.UnixMs, v.Value)));
        Assert.Equal(["", "river-001", "wl-001"], Take(host, edge, death).Died);
        Assert.False(host.IsAlive);
    }

    [Fact]
    public void A_message_that_the_line_swallows_makes_the_host_ask_and_the_births_mend_it()
    {
        var (edge, host) = (Edge(1), new SparkplugNode());
        edge.Death(true);
        foreach (var birth in edge.Births()) Take(host, edge, birth);
        Assert.Null(edge.Leave(edge.Data("wl-001", [0.25], At)!));
        Assert.Equal(1, edge.Lost);
        // Its births leave behind the gap: the node's own begins to count anew.
        Assert.True(edge.IsRebirth("spBv1.0/LH/NCMD/gw", SparkplugPayload.Rebirth(At)));
        Assert.False(edge.IsRebirth("spBv1.0/LH/NCMD/gw-2", SparkplugPayload.Rebirth(At)));
        Assert.False(edge.IsRebirth("spBv1.0/LH/NCMD/gw", [0xFF]));
        Assert.Equal(1, edge.Rebirths);
        foreach (var birth in edge.Births()) Assert.False(Take(host, edge, birth).WantsRebirth);
    }

    [Fact]
    public void A_gap_is_seen_by_the_host()
    {
        var (edge, host) = (Edge(0), new SparkplugNode());
        edge.Death(true);
        foreach (var birth in edge.Births()) Take(host, edge, birth);
        Assert.NotNull(edge.Leave(edge.Data("wl-001", [0.25], At)!));
        Assert.True(Take(host, edge, edge.Data("wl-001", [0.5], At + 1000)!).WantsRebirth);
    }

    [Fact]
    public void The_sequence_goes_around_behind_255()
    {
        var (edge, host) = (Edge(0), new SparkplugNode());
        edge.Death(true);
        foreach (var birth in edge.Births()) Take(host, edge, birth);
        for (var i = 0; i < 600; i++) Assert.False(Take(host, edge, edge.Data("river-001", [i], At + i)!).WantsRebirth);
    }

    // npm sparkplug-payload writes the members of a metric in the same order: firmware-contracts/vectors/sparkplug.json, first vector, without its types' times.
    [Fact]
    public void A_nodes_birth_has_the_bytes_of_the_protocol_buffer()
    {
        var writer = new SparkplugWriter(At);
        writer.BirthSequence(0);
        Assert.Equal("0880D8FC82A731" + "120B" + "0A056264536571" + "2008" + "5800" + "1800", Convert.ToHexString(SparkplugWriter.Sequenced(writer.Bytes, 0)));
        writer = new SparkplugWriter(null);
        writer.Number("a", 300, At, 1);
        // name, alias 300 >> AC02, timestamp, data type 10, double 1
        Assert.Equal("1218" + "0A0161" + "10AC02" + "1880D8FC82A731" + "200A" + "69000000000000F03F", Convert.ToHexString(writer.Bytes));
    }

    private static SparkplugEdge Edge(double loss)
    {
        var edge = new SparkplugEdge("LH", "gw", loss, 1, new FakeClock());
        edge.Add("river-001", KindCatalogue.Of(SensorKind.River));
        edge.Add("wl-001", KindCatalogue.Of(SensorKind.Waterlogging));
        return edge;
    }

    private static SparkplugStep Take(SparkplugNode host, SparkplugEdge edge, GatewayMessage message) =>
        host.Take(SparkplugTopic.Parse(message.Topic)!, SparkplugPayload.Parse(edge.Leave(message)!)!);
}
