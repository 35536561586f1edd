using System.Text;
using CsCheck;
using LuohuIOC.DeviceProtocol;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

public sealed class LorawanUplinkTests
{
    [Theory]
    [InlineData(1, "alarm=1 battery=100")]
    [InlineData(7, "alarm=0 fault=0 battery=100")]
    [InlineData(5, "fault=1 battery=100")]
    // Silenced, low battery, tests: they say nothing of a fire, least of all that it is over.
    [InlineData(2, "battery=100")]
    [InlineData(4, "battery=100")]
    [InlineData(14, "battery=100")]
    [InlineData(15, "battery=100")]
    public void A_smoke_detector_says_by_two_events_alone_whether_there_is_a_fire(int message, string expected)
    {
        byte[] data = [0x22, (byte)(0x10 | message), 100, 0, 28, 0];
        data[5] = (byte)-data.Sum(b => b);
        Assert.Equal([$"{Evening} seq=7 {expected}"], Decode(SensorKind.Smoke, "milesight-gs524n", Convert.ToHexString(data)));
    }

    [Fact]
    public void What_a_level_probe_has_stored_is_of_its_own_time_and_counts_once()
    {
        // 2023-09-07 17:50 and 17:55, 30 and 31 cm; 33 cm now.
        var hex = "20CE" + Seconds(Evening - 600_000) + "1E00" + "20CE" + Seconds(Evening - 300_000) + "1F00" + "01755C" + "03772100";
        Assert.Equal(
            [$"{Evening} seq=7 battery=92 depth=0.33", $"{Evening - 600_000} seq=none depth=0.3", $"{Evening - 300_000} seq=none depth=0.31"],
            Decode(SensorKind.Waterlogging, "milesight-em500-swl", hex));

        static string Seconds(long ms) => Convert.ToHexString(BitConverter.GetBytes((uint)(ms / 1000)));
    }

    [Theory]
    [InlineData("milesight-em500-swl", "FF0BFF" + "FF0101" + "FF166412A34567890123" + "FF090310" + "FF0A0104" + "FF0F00" + "FF180001")]
    [InlineData("milesight-em310-tilt", "FF0BFF" + "FFFF0100" + "FFFE01")]
    public void What_a_device_says_of_itself_when_it_joins_is_no_reading_and_no_fault(string codec, string hex) =>
        Assert.Empty(Decode(SensorKind.Slope, codec, hex));

    [Theory]
    [InlineData("FF16641200", "frame_truncated")]
    [InlineData("FF7700", "frame_invalid")]
    public void A_joining_device_is_read_to_the_end(string hex, string reason) => Assert.Equal([reason], Decode(SensorKind.Waterlogging, "milesight-em500-swl", hex));

    // 92 %, then 27 cm, then an item of a later firmware, or one that is cut off.
    [Theory]
    [InlineData("01755C03771B00FF7700", "frame_invalid FF77")]
    [InlineData("01755C03771B00FF166412", "frame_truncated FF16")]
    [InlineData("01755C03771B0020CE00", "frame_truncated 20CE")]
    [InlineData("01755C03771B00FF", "frame_truncated FF")]
    public void What_stands_before_an_item_that_nobody_knows_counts_and_the_item_is_told(string hex, string told) =>
        Assert.Equal([$"{Evening} seq=7 battery=92 depth=0.27", told], Decode(SensorKind.Waterlogging, "milesight-em500-swl", hex));

    [Fact]
    public void A_codec_of_which_the_sensor_has_no_metric_at_all_is_told()
    {
        Assert.Equal(["metric_unknown distance_mm"], Decode(SensorKind.Parking, "milesight-em310-udl", "03824408040001"));
        Assert.Equal([$"{Evening} seq=7 battery=92"], Decode(SensorKind.Parking, "milesight-em310-udl", "01755C03824408040001"));
    }

    /// <summary>27 cm, measured a minute before it is received here: of the radio's time, so that a resend counts once and a late one overwrites nothing.</summary>
    [Theory]
    // ChirpStack v4, v3, The Things Stack v3 and its event, and the short form.
    [InlineData("""{"deduplicationId":"d","time":"2023-09-07T09:59:00.123456789+00:00","deviceInfo":{"deviceProfileName":"EM500-SWL","devEui":"24e124"},"fCnt":9,"fPort":85,"data":"A3cbAA==","rxInfo":[{"gwTime":"2023-09-07T09:58:00Z"}]}""", -59_877)]
    [InlineData("""{"deviceProfileName":"milesight-em500-swl","fCnt":9,"fPort":85,"data":"A3cbAA==","rxInfo":[{"time":"2023-09-07T09:59:00Z","rssi":-80}],"publishedAt":"2023-09-07T10:00:00Z"}""", -60_000)]
    [InlineData("""{"end_device_ids":{"device_id":"x"},"received_at":"2023-09-07T10:00:00Z","uplink_message":{"f_port":85,"f_cnt":9,"frm_payload":"A3cbAA==","received_at":"2023-09-07T09:59:00Z","version_ids":{"brand_id":"milesight-iot","model_id":"em500-swl"}}}""", -60_000)]
    [InlineData("""{"name":"as.up.data.forward","data":{"uplink_message":{"f_port":85,"f_cnt":9,"frm_payload":"A3cbAA==","received_at":"2023-09-07T09:59:00Z","version_ids":{"model_id":"em500-swl"}}}}""", -60_000)]
    [InlineData("""{"codec":"milesight-em500-swl","fPort":85,"fCnt":9,"ts":1694080740000,"data":"A3cbAA=="}""", -60_000)]
    [InlineData("""{"codec":"milesight-em500-swl","fPort":85,"fCnt":9,"data":"A3cbAA==","time":null,"rxInfo":[]}""", 0)]
    public void An_uplink_is_of_its_own_time_as_each_server_writes_it(string uplink, int fromEvening) =>
        Assert.Equal([$"{Evening + fromEvening} seq=9 depth=0.27"], FrameScene.Decode(PayloadForm.Lorawan, SensorKind.Waterlogging, Encoding.UTF8.GetBytes(uplink)));

    [Theory]
    [InlineData("""{"codec":"nosuch","data":"A3cbAA=="}""", "protocol_unsupported nosuch")]
    [InlineData("""{"fPort":85,"data":"A3cbAA=="}""", "wrong_shape")]
    [InlineData("""{"codec":"milesight-em500-swl"}""", "wrong_shape")]
    [InlineData("""{"codec":"milesight-em500-swl","data":"?"}""", "wrong_shape")]
    [InlineData("""[1]""", "wrong_shape")]
    [InlineData("""{"codec":""", "not_json")]
    [InlineData("""{"codec":"\ud800","data":"A3cbAA=="}""", "not_json")]
    [InlineData("""{"codec":"milesight-em500-swl","data":"\ud800"}""", "not_json")]
    [InlineData("""{"codec":"milesight-em500-swl","data":"A3cbAA==","\ud800":1,"time":"\ud800"}""", "not_json")]
    public void What_is_no_uplink_is_told_as_what_it_is(string uplink, string told) =>
        Assert.Equal([told], FrameScene.Decode(PayloadForm.Lorawan, SensorKind.Waterlogging, Encoding.UTF8.GetBytes(uplink)));

    /// <summary>Bytes that no JSON is: a reason, and never an exception in the broker's loop.</summary>
    [Fact]
    public void Any_bytes_end_in_a_reason() =>
        Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400]).Sample((at, value, cut) =>
        {
            var bytes = Encoding.UTF8.GetBytes("""{"codec":"milesight-em500-swl","fPort":85,"fCnt":9,"data":"A3cbAA==","time":"2023-09-07T09:59:00Z","rxInfo":[{"time":"x"}],"uplink_message":{"f_cnt":1}}""");
            bytes[at % bytes.Length] = value;
            Assert.NotNull(FrameScene.Decode(PayloadForm.Lorawan, SensorKind.Waterlogging, bytes));
            Assert.NotNull(FrameScene.Decode(PayloadForm.Lorawan, SensorKind.Waterlogging, bytes[..(cut % bytes.Length)]));
        }, iter: 5_000);

    private static List<string> Decode(SensorKind kind, string codec, string hex) =>
        FrameScene.Decode(PayloadForm.Lorawan, kind, Encoding.UTF8.GetBytes($$"""{"codec":"{{codec}}","fPort":85,"fCnt":7,"hex":"{{hex}}"}"""));
}
