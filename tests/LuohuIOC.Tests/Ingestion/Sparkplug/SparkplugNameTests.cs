using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Detectors;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Sparkplug;

public sealed class SparkplugNameTests
{
    private static readonly DateTimeOffset Received = new(2023, 9, 7, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_generic_sensor_has_the_path_of_a_metric_and_a_known_kind_its_last_part()
    {
        Assert.Equal("""{"s":[{"ts":1000000000000,"values":{"pump1_speed":1,"pump2_speed":2}}]}""", Take(SensorKind.Generic, "s", "pump1/speed", "pump2/Speed").Telemetry);
        Assert.Equal("""{"s":[{"ts":1000000000000,"values":{"depth":0.01}}]}""", Take(SensorKind.Waterlogging, "s", "waterlog/depth_cm").Telemetry);
    }

    [Fact]
    public void A_device_whose_id_is_none_is_refused_and_not_passed_over() =>
        Assert.Equal((RejectionReason.SensorIdInvalid, "", ""), Take(SensorKind.Generic, "泵 1", "speed"));

    [Fact]
    public void A_name_that_can_be_no_metric_is_told_once_and_what_the_specification_names_is_not()
    {
        Assert.Equal((RejectionReason.None, "", "metric_unknown s Level (m)"), Take(SensorKind.Outfall, "s", "Level (m)", "水位"));
        Assert.Equal("metric_unknown s 水位", Take(SensorKind.Generic, "s", "水位").Refused);
        Assert.Equal(
            (RejectionReason.None, """{"s":[{"ts":1000000000000,"values":{"level":4}}]}""", "metric_unknown s 流量"),
            Take(SensorKind.Outfall, "s", "bdSeq", "Device Control/Rebirth", "Properties/Channels", "level", "流量"));
        Assert.Equal("", Take(SensorKind.Outfall, "s", "bdSeq", "Node Control/Rebirth", "Device Control/Reboot", "Properties/Channels").Refused);
    }

    /// <summary>The host asks for births itself; each repeats what held before it.</summary>
    [Fact]
    public void Rain_does_not_fall_again_with_a_birth()
    {
        var host = Host(SensorKind.RainGauge);
        var telemetry = new ArrayBufferWriter<byte>();
        host.Take(new SparkplugTopic("g", SparkplugMessage.NodeBirth, "gw", null), SparkplugWriter.Sequenced([], 0), telemetry, []);
        byte sequence = 1;
        foreach (var (message, atMs) in new[] { (SparkplugMessage.DeviceBirth, 1_000_000_000_000), (SparkplugMessage.DeviceData, 1_000_000_060_000), (SparkplugMessage.DeviceBirth, 1_000_000_061_000) })
        {
            var payload = new SparkplugWriter(atMs);
            payload.Number("rain", 1, atMs, 0.5);
            payload.Number("battery", 2, atMs, 90);
            host.Take(new SparkplugTopic("g", message, "gw", "s"), SparkplugWriter.Sequenced(payload.Bytes, sequence++), telemetry, []);
        }
        Assert.Equal(
            """{"s":[{"ts":1000000000000,"values":{"battery":90}}]}{"s":[{"ts":1000000060000,"values":{"rain":0.5,"battery":90}}]}{"s":[{"ts":1000000061000,"values":{"battery":90}}]}""",
            Encoding.UTF8.GetString(telemetry.WrittenSpan));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_no_number_is_refused_and_the_others_are_taken(double value)
    {
        var birth = new SparkplugWriter(1_000_000_000_000);
        birth.Number("level", 1, 1_000_000_000_000, value);
        birth.Number("battery", 2, 1_000_000_000_000, 90);
        var (telemetry, refusals) = (new ArrayBufferWriter<byte>(), new List<Refusal>());
        var host = Host(SensorKind.Outfall);
        host.Take(new SparkplugTopic("g", SparkplugMessage.NodeBirth, "gw", null), SparkplugWriter.Sequenced([], 0), telemetry, []);
        host.Take(new SparkplugTopic("g", SparkplugMessage.DeviceBirth, "gw", "s"), SparkplugWriter.Sequenced(birth.Bytes, 1), telemetry, refusals);
        Assert.Equal("""{"s":[{"ts":1000000000000,"values":{"battery":90}}]}""", Encoding.UTF8.GetString(telemetry.WrittenSpan));
        Assert.Equal([new Refusal(RejectionReason.ValueNotFinite, "s", -1, "level")], refusals);
    }

    [Fact]
    public void Data_without_any_time_is_of_its_receipt()
    {
        var telemetry = new ArrayBufferWriter<byte>();
        var host = Host(SensorKind.Outfall);
        host.Take(new SparkplugTopic("g", SparkplugMessage.NodeBirth, "gw", null), SparkplugWriter.Sequenced([], 0), telemetry, []);
        // metrics { name "level", double_value 1.5 }, seq 1
        var data = Convert.FromHexString("1210" + "0A056C6576656C" + "69000000000000F83F" + "1801");
        host.Take(new SparkplugTopic("g", SparkplugMessage.DeviceData, "gw", "s"), data, telemetry, []);
        Assert.Equal($$$"""{"s":[{"ts":{{{Received.ToUnixTimeMilliseconds()}}},"values":{"level":1.5}}]}""", Encoding.UTF8.GetString(telemetry.WrittenSpan));
    }

    [Fact]
    public void A_gateway_that_invents_groups_makes_nobody_elses_births_forgotten()
    {
        var host = Host(SensorKind.Generic);
        Born(host, "other", "g");
        for (var i = 0; i < SparkplugHost.NodesMax; i++) Born(host, "gw", $"g{i}");
        var data = new SparkplugWriter(1_000_000_000_000);
        data.Number(null, 1, 1_000_000_000_001, 2);
        Assert.Equal(RejectionReason.None, host.Take(new SparkplugTopic("g", SparkplugMessage.NodeData, "other", null), SparkplugWriter.Sequenced(data.Bytes, 1), new ArrayBufferWriter<byte>(), []));

        static void Born(SparkplugHost host, string node, string group)
        {
            var birth = new SparkplugWriter(1_000_000_000_000);
            birth.Number("speed", 1, 1_000_000_000_000, 1);
            host.Take(new SparkplugTopic(group, SparkplugMessage.NodeBirth, node, null), SparkplugWriter.Sequenced(birth.Bytes, 0), new ArrayBufferWriter<byte>(), []);
        }
    }

    private static (RejectionReason Reason, string Telemetry, string Refused) Take(SensorKind kind, string device, params string[] names)
    {
        var host = Host(kind);
        var birth = new SparkplugWriter(1_000_000_000_000);
        for (var i = 0; i < names.Length; i++) birth.Number(names[i], (ulong)i, 1_000_000_000_000, i + 1);
        var telemetry = new ArrayBufferWriter<byte>();
        var refusals = new List<Refusal>();
        host.Take(new SparkplugTopic("g", SparkplugMessage.NodeBirth, "gw", null), SparkplugWriter.Sequenced([], 0), telemetry, refusals);
        var reason = host.Take(new SparkplugTopic("g", SparkplugMessage.DeviceBirth, "gw", device), SparkplugWriter.Sequenced(birth.Bytes, 1), telemetry, refusals);
        return (reason, Encoding.UTF8.GetString(telemetry.WrittenSpan), string.Join('|', refusals.Select(r => $"{r.Reason.WireName()} {r.Sensor} {r.Metric}")));
    }

    private static SparkplugHost Host(SensorKind kind)
    {
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = kind, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        return new SparkplugHost(new FrameMetrics(), registry, new GatewayBoard(), Options.Create(new SparkplugOptions()), new FixedClock(Received), NullLogger<SparkplugHost>.Instance);
    }
}
