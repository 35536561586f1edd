using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Registry;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Frames;

public sealed class FrameDecoderTests
{
    private static readonly long Evening = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    private const string Head = "000C230907180003" + "F1F1001234567848" + "F0F02309071800";

    [Fact]
    public void A_level_is_the_rivers_and_a_supply_voltage_is_passed_over() =>
        Assert.Equal([$"{Evening} seq=12 level=1.25"], Decode(PayloadForm.Sl651, SensorKind.River, Sl651(Head + "392300001250" + "38121220")));

    [Fact]
    public void Five_minute_rain_has_no_sequence_so_that_two_kinds_of_report_count_it_once() =>
        Assert.Equal(
            [$"{Evening} seq=none rain=0.5", $"{Evening + 300_000} seq=none rain=2"],
            Decode(PayloadForm.Sl651, SensorKind.RainGauge, Sl651("000C230907180503" + Head[16..] + "F4600514FFFFFFFFFFFFFFFFFFFF")));

    [Fact]
    public void Running_sums_of_rain_are_no_rain_yet() =>
        Assert.Equal([$"{Evening} seq=none rain_period=9.6 rain_total=812.4"], Decode(PayloadForm.Sl651, SensorKind.RainGauge, Sl651(Head + "2019000096" + "2619008124")));

    /// <summary>A real station's report: 5.0 mm in five minutes, in the hour, in the period and in all. By configuration the hour is rain, too, and tells nothing beside the five minutes.</summary>
    [Theory]
    [InlineData(null, "22190000501A19000050", 5, "rain=5")]
    [InlineData("1A", "22190000501A19000060", 5, "rain=5")]
    [InlineData("1A", "1A19000060", 60, "rain=6")]
    [InlineData(null, "F4600514FFFFFFFFFFFFFFFFFFFF", -5, "rain=0.5")]
    public void Rain_comes_with_the_minutes_that_its_element_names(string? configured, string elements, int minutes, string rain)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(configured is null ? [] : [new($"Frames:sl651:rain_gauge:{configured}", "rain")]).Build();
        var (group, parts) = (new ReadingGroup(), new List<Refusal>());
        Assert.EndsWith(rain, FrameScene.Decode(PayloadForm.Sl651, SensorKind.RainGauge, Sl651(Head + elements), new FrameMetrics(configuration), group, parts)[0]);
        Assert.Empty(parts);
        Assert.Equal(minutes, group.RainMinutesOf(0));
    }

    [Fact]
    public void What_was_not_measured_is_no_reading() =>
        Assert.Empty(Decode(PayloadForm.Sl651, SensorKind.River, Sl651(Head + "392309999999" + "3923FFFFFFFF")));

    [Theory]
    [InlineData(SensorKind.Pipe)]
    [InlineData(SensorKind.Outfall)]
    public void A_velocity_is_the_pipes_as_it_is_the_outfalls(SensorKind kind)
    {
        var frame = Convert.FromHexString("7E7E010012345678123432001C02009B261130170000F1F1001234567848F0F02611301700371B00125003C5E3");
        Assert.Equal(["1796029200000 seq=155 velocity=1.25"], Decode(PayloadForm.Sl651, kind, frame));
        Assert.Equal([$"{Evening} seq=12 velocity=0.75"], Decode(PayloadForm.Sl651, kind, Sl651(Head + "361B000750")));
    }

    [Fact]
    public void Two_elements_under_one_step_are_no_value_of_a_third()
    {
        // Levels and rain behind one step: where the levels end nobody can tell, and 11 83 is no 16 bytes of soil moisture.
        var frame = Convert.FromHexString(
            "7E7E010012345678123431007402006D261130175505F1F1001234567848F0F026113017000418000005" + "3923" + "000411830004118300041185000411810004117900041183"
            + "000411830004118400041186000411830004118400041183" + "2019" + "000391000391000391000394000394000394000394000394000394000397000397000398" + "0397F8");
        Assert.Equal(["frame_invalid"], Decode(PayloadForm.Sl651, SensorKind.River, frame));
        Assert.Equal(["frame_invalid"], Decode(PayloadForm.Sl651, SensorKind.Generic, frame));
    }

    [Fact]
    public void Elements_and_extensions_go_where_the_configuration_says()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Frames:sl651:waterlogging:FF01", "depth*0.01"), new("Frames:sl651:waterlogging:39", "")]).Build();
        Assert.Equal(
            [$"{Evening} seq=12 depth=0.27"],
            Decode(PayloadForm.Sl651, SensorKind.Waterlogging, Sl651(Head + "FF01100027" + "392300001250"), new FrameMetrics(configuration)));
        var wrong = new ConfigurationBuilder().AddInMemoryCollection([new("Frames:sl651:river:39", "depth")]).Build();
        Assert.Contains("depth", Assert.Throws<InvalidOperationException>(() => new FrameMetrics(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generic_sensor_takes_every_element_under_the_protocols_name()
    {
        Assert.Equal([$"{Evening} seq=12 vt=12.2 z=1.25 ff07=1"], Decode(PayloadForm.Sl651, SensorKind.Generic, Sl651(Head + "38121220" + "392300001250" + "FF070801")));
        Assert.Equal(
            [$"{Evening} seq=20184579 f011=40.1 w01018=41"],
            Decode(PayloadForm.Hj212, SensorKind.Generic, Hj212("ST=21;CN=2011;PW=1;MN=A;Flag=4;CP=&&DataTime=20230907180000;011-Rtd=40.1;w01018-Rtd=41&&")));
    }

    [Fact]
    public void A_data_flag_marks_its_metric_and_no_other()
    {
        var group = new ReadingGroup();
        var packet = Hj212("QN=20230907180001000;ST=21;CN=2011;PW=1;MN=A;Flag=5;CP=&&DataTime=20230907180000;w01001-Rtd=7.1,w01001-Flag=D;w01010-Rtd=25,w01010-Flag=N&&");
        Assert.Equal([$"{Evening} seq=20138586 ph=7.1 temperature=25"], Decode(PayloadForm.Hj212, SensorKind.WaterQuality, packet, null, group));
        var ph = MetricLayout.Of(SensorKind.WaterQuality).SlotOf("ph"u8);
        Assert.Equal(1UL << ph, group.FlaggedOf(0));
        var appended = new ReadingGroup();
        appended.Append(group);
        Assert.Equal(1UL << ph, appended.FlaggedOf(0));
    }

    [Fact]
    public void Day_means_are_kept_but_are_no_reading_of_midnight() =>
        Assert.Empty(Decode(PayloadForm.Hj212, SensorKind.WaterQuality, Hj212("ST=21;CN=2031;PW=1;MN=A;Flag=4;CP=&&DataTime=20230907000000;w01001-Avg=7.1&&")));

    [Fact]
    public void A_component_on_fire_is_an_alarm()
    {
        Span<byte> unit = stackalloc byte[48];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, 9, Gb26875State.Normal | Gb26875State.Fire, "", Evening);
        var frame = new byte[128];
        var length = Gb26875Writer.Frame(frame, 77, 1, Evening, 1, 2, Gb26875Command.Send, unit);
        Assert.Equal([$"{Evening} seq=77 alarm=1 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame[..length]));
    }

    [Fact]
    public void Packets_of_one_message_make_one_body_wherever_it_was_cut()
    {
        var body = Convert.FromHexString(Head + "392300001250" + "272300012345");
        for (var cut = 8; cut < body.Length; cut++)
        {
            var first = Packet(body.AsSpan(0, cut), 1, Sl651Mark.Etb);
            var second = Packet(body.AsSpan(cut), 2, Sl651Mark.Etx);
            Assert.Equal([$"{Evening} seq=12 level=1.25 flow=12.345"], Decode(PayloadForm.Sl651, SensorKind.Outfall, [.. first, .. second]));
            var alone = Decode(PayloadForm.Sl651, SensorKind.Outfall, first);
            Assert.Equal(RejectionReason.FrameIncomplete.WireName(), alone[^1]);
            Assert.Equal(cut >= body.Length - 6 ? [$"{Evening} seq=none level=1.25"] : [], alone[..^1]);
        }
    }

    [Theory]
    [InlineData("", RejectionReason.PayloadEmpty)]
    [InlineData("7E7E020012345678000A2F000802000C14120509435703FB2E", RejectionReason.FrameCrc)]
    [InlineData("7E7E020012345678000A2F000802000C1412050943", RejectionReason.FrameTruncated)]
    [InlineData("7B7D", RejectionReason.FrameInvalid)]
    [InlineData("7E7E020012345678000A2F000802000C14120509435703FB2D7B", RejectionReason.FrameInvalid)]
    public void What_is_no_frame_is_refused_with_its_reason(string hex, RejectionReason reason) =>
        Assert.Equal([reason.WireName()], Decode(PayloadForm.Sl651, SensorKind.River, Convert.FromHexString(hex)));

    private static byte[] Sl651(string body)
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, Sl651Function.Timed, false, Convert.FromHexString(body), Sl651Mark.Etx)];
    }

    private static byte[] Packet(ReadOnlySpan<byte> body, int index, byte end)
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, Sl651Function.Timed, false, body, end, 2, index)];
    }

    private static byte[] Hj212(string segment)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes(segment));
        return packet.WrittenSpan.ToArray();
    }

    private static List<string> Decode(PayloadForm form, SensorKind kind, byte[] payload, FrameMetrics? metrics = null, ReadingGroup? into = null) =>
        FrameScene.Decode(form, kind, payload, metrics, into);
}
