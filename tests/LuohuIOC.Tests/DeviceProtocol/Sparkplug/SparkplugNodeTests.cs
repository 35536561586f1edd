using System.Text.Json.Nodes;
using CsCheck;
using LuohuIOC.DeviceProtocol.Sparkplug;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sparkplug;

public sealed class SparkplugNodeTests
{
    private static readonly JsonArray Vectors = JsonNode.Parse(Repository.Read("firmware-contracts/vectors/sparkplug.json"))!["vectors"]!.AsArray();

    [Fact]
    public void Every_golden_payload_is_read_member_by_member()
    {
        foreach (var vector in Vectors)
        {
            var payload = PayloadOf(vector!);
            var decoded = vector!["decoded"]!;
            Assert.Equal((ulong?)(long?)decoded["timestamp"], payload.Timestamp);
            Assert.Equal((ulong?)(long?)decoded["seq"], payload.Sequence);
            Assert.Equal(decoded["metrics"]!.AsArray().Count, payload.Metrics.Count);
            foreach (var (expected, metric) in decoded["metrics"]!.AsArray().Zip(payload.Metrics))
            {
                Assert.Equal((string?)expected!["name"], metric.Name);
                Assert.Equal((ulong?)(long?)expected["alias"], metric.Alias);
                Assert.Equal((ulong?)(long?)expected["timestamp"], metric.Timestamp);
                Assert.Equal((bool?)expected["isHistorical"] ?? false, metric.IsHistorical);
                var value = expected["value"]!.GetValueKind() == System.Text.Json.JsonValueKind.False ? 0 : (double)expected["value"]!;
                Assert.Equal(value, metric.Value);
            }
        }
    }

    [Fact]
    public void The_golden_session_gives_named_values_and_dies()
    {
        var node = new SparkplugNode();
        var steps = Vectors.Select(v => node.Take(TopicOf(v!), PayloadOf(v!))).ToArray();
        Assert.All(steps, s => Assert.False(s.WantsRebirth || s.HasUnknown));
        Assert.Equal(["waterlog/depth_cm", "battery/pct"], steps[1].Values.Select(v => v.Name));
        Assert.Equal([("WL-0007", "waterlog/depth_cm", 1694102460000, 28.4, false), ("WL-0007", "waterlog/depth_cm", 1694102430000, 21.0, true)],
            steps[2].Values.Select(v => (v.Device!, v.Name, v.UnixMs, v.Value, v.IsHistorical)));
        Assert.Equal(["WL-0007"], steps[3].Died);
        Assert.Equal([""], steps[4].Died);
        Assert.False(node.IsAlive);
    }

    [Fact]
    public void Data_before_birth_and_a_gap_in_the_sequence_ask_for_a_rebirth()
    {
        var data = Vectors[2]!;
        var early = new SparkplugNode().Take(TopicOf(data), PayloadOf(data));
        Assert.True(early.WantsRebirth);
        Assert.True(early.HasUnknown);
        Assert.Empty(early.Values);

        var node = new SparkplugNode();
        node.Take(TopicOf(Vectors[0]!), PayloadOf(Vectors[0]!));
        // The device's birth (1) is lost.
        Assert.True(node.Take(TopicOf(data), PayloadOf(data)).WantsRebirth);
    }

    [Fact]
    public void The_sequence_goes_round_from_255_to_0()
    {
        var node = new SparkplugNode();
        var topic = SparkplugTopic.Parse("spBv1.0/g/NDATA/n")!;
        node.Take(SparkplugTopic.Parse("spBv1.0/g/NBIRTH/n")!, new SparkplugPayload(1, 254, []));
        Assert.False(node.Take(topic, new SparkplugPayload(1, 255, [])).WantsRebirth);
        Assert.False(node.Take(topic, new SparkplugPayload(1, 0, [])).WantsRebirth);
        Assert.True(node.Take(topic, new SparkplugPayload(1, 2, [])).WantsRebirth);
    }

    [Fact]
    public void A_node_has_so_many_devices_and_what_one_beyond_them_says_by_alias_is_unknown()
    {
        var node = new SparkplugNode();
        node.Take(SparkplugTopic.Parse("spBv1.0/g/NBIRTH/n")!, new SparkplugPayload(1, 0, []));
        var metric = new SparkplugMetric("depth", 1, 1, 10, false, false, 2);
        for (var i = 1; i <= SparkplugNode.DevicesMax + 1; i++)
        {
            node.Take(SparkplugTopic.Parse($"spBv1.0/g/DBIRTH/n/d{i}")!, new SparkplugPayload(1, (ulong)i & 255, [metric]));
            var step = node.Take(SparkplugTopic.Parse($"spBv1.0/g/DDATA/n/d{i}")!, new SparkplugPayload(1, (ulong)i & 255, [metric with { Name = null }]));
            Assert.Equal(i > SparkplugNode.DevicesMax, step.HasUnknown);
        }
    }

    [Fact]
    public void The_will_of_an_earlier_session_kills_nobody()
    {
        var node = new SparkplugNode();
        static SparkplugMetric Birth(double value) => new("bdSeq", null, 1, 8, false, false, value);
        node.Take(SparkplugTopic.Parse("spBv1.0/g/NBIRTH/n")!, new SparkplugPayload(1, 0, [Birth(7)]));
        node.Take(SparkplugTopic.Parse("spBv1.0/g/NDEATH/n")!, new SparkplugPayload(1, null, [Birth(6)]));
        Assert.True(node.IsAlive);
        node.Take(SparkplugTopic.Parse("spBv1.0/g/NDEATH/n")!, new SparkplugPayload(1, null, [Birth(7)]));
        Assert.False(node.IsAlive);
    }

    [Fact]
    public void A_time_beyond_all_calendars_is_given_on_to_be_refused()
    {
        var metric = new SparkplugMetric("depth", 1, ulong.MaxValue, 10, false, false, 2);
        var step = new SparkplugNode().Take(SparkplugTopic.Parse("spBv1.0/g/NBIRTH/n")!, new SparkplugPayload(1, 0, [metric]));
        Assert.True(step.Values.Single().UnixMs > 4_102_444_800_000);
    }

    [Theory]
    [InlineData("spBv1.0/g/DDATA/n/d", true)]
    [InlineData("spBv1.0/g/DDATA/n", false)]
    [InlineData("spBv1.0/g/NDATA/n/d", false)]
    [InlineData("spBv1.0/STATE/host", false)]
    [InlineData("spBv1.0/g/XDATA/n", false)]
    public void Topics(string topic, bool valid) => Assert.Equal(valid ? topic : null, SparkplugTopic.Parse(topic)?.ToString());

    [Fact]
    public void A_rebirth_command_is_a_payload_with_one_true_metric()
    {
        var metric = SparkplugPayload.Parse(SparkplugPayload.Rebirth(1694102400000))!.Metrics.Single();
        Assert.Equal(("Node Control/Rebirth", 1.0), (metric.Name, metric.Value));
    }

    [Fact]
    public void Broken_bytes_never_throw() => Gen.Select(Gen.Int[0, Vectors.Count - 1], Gen.Int).Sample((vector, seed) =>
    {
        var buffer = new byte[8192];
        var bytes = LuohuIOC.Benchmarks.Decode.FrameFuzz.Mutate(Convert.FromHexString((string)Vectors[vector]!["hex"]!), buffer, new Random(seed));
        if (SparkplugPayload.Parse(bytes) is { } payload) new SparkplugNode().Take(TopicOf(Vectors[2]!), payload);
    }, iter: 20_000);

    private static SparkplugPayload PayloadOf(JsonNode vector) => SparkplugPayload.Parse(Convert.FromHexString((string)vector["hex"]!))!;

    private static SparkplugTopic TopicOf(JsonNode vector) => SparkplugTopic.Parse((string)vector["topic"]!)!;

    [Fact]
    public void A_death_names_all_that_were_born_and_a_birth_says_who_lives_again()
    {
        var node = new SparkplugNode();
        Assert.Equal("", node.Take(TopicOf(Vectors[0]!), PayloadOf(Vectors[0]!)).Born);
        Assert.Equal("WL-0007", node.Take(TopicOf(Vectors[1]!), PayloadOf(Vectors[1]!)).Born);
        Assert.Equal(["", "WL-0007"], node.Take(TopicOf(Vectors[4]!), PayloadOf(Vectors[4]!)).Died);
        Assert.True(node.WasBorn);

        // A host that began later: the device's death is true all the same, and the node's names nobody.
        var late = new SparkplugNode();
        Assert.Equal(["WL-0007"], late.Take(TopicOf(Vectors[3]!), PayloadOf(Vectors[3]!)).Died);
        Assert.Equal([""], late.Take(TopicOf(Vectors[4]!), PayloadOf(Vectors[4]!)).Died);
        Assert.False(late.WasBorn);
    }
}
