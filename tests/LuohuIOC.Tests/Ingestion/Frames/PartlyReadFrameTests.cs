using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Frames;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>Payloads of which a part means nothing: the rest counts, and the part is told.</summary>
public sealed class PartlyReadFrameTests
{
    private const string Head = "000C230907180003" + "F1F1001234567848" + "F0F02309071800";

    [Fact]
    public void An_amount_is_no_flow_and_no_concentration()
    {
        var packet = Hj212("CN=2051;CP=&&DataTime=20230907180000;B01-Cou=200;101-Cou=2.5,101-Avg=1.1;w21003-Cou=3&&");
        Assert.Equal(["metric_unknown B01-Cou 101 w21003-Cou"], Decode(PayloadForm.Hj212, SensorKind.Outfall, packet));
        Assert.Equal([$"{Evening} seq=20589261 total_phosphorus=1.1"], Decode(PayloadForm.Hj212, SensorKind.WaterQuality, packet));
        Assert.Equal([$"{Evening} seq=20589261 b01_cou=200 f101=1.1 w21003_cou=3"], Decode(PayloadForm.Hj212, SensorKind.Generic, packet));
    }

    [Fact]
    public void A_value_that_is_no_number_is_told_and_the_others_stay()
    {
        var packet = Hj212("CN=2011;CP=&&DataTime= 20230907180000;w01001-Rtd=7.1mg;w01010-Rtd= 25.5 ,w01010-Flag= N;w01009-Rtd=,w01009-Flag=N;w01003-Rtd=--,w01003-Flag=D;w99-Rtd=x&&");
        Assert.Equal([$"{Evening} seq=20145092 temperature=25.5", "value_not_a_number w01001"], Decode(PayloadForm.Hj212, SensorKind.WaterQuality, packet));
    }

    [Theory]
    [InlineData("39230000A450" + "272300012345", "flow=12.345", "39")]
    [InlineData("272300012345" + "3923FF00A450", "flow=12.345", "39")]
    [InlineData("3923AAAAAAAA" + "272300012345", "flow=12.345", null)]
    [InlineData("3923FFFFFFFF" + "272300012345", "flow=12.345", null)]
    [InlineData("3812A220" + "272300012345", "flow=12.345", null)]
    public void An_element_that_is_no_number_is_told_and_the_others_stay(string elements, string values, string? element) =>
        Assert.Equal(element is null ? [$"{Evening} seq=12 {values}"] : [$"{Evening} seq=12 {values}", $"value_not_a_number {element}"], Decode(PayloadForm.Sl651, SensorKind.Outfall, Sl651(elements)));

    [Fact]
    public void Packets_one_behind_the_other_need_no_line_end() =>
        Assert.Equal(
            [$"{Evening} seq=20161248 ph=7.1", $"{Evening + 60_000} seq=20161248 ph=7.2"],
            Decode(PayloadForm.Hj212, SensorKind.WaterQuality,
                [.. Hj212("CN=2011;CP=&&DataTime=20230907180000;w01001-Rtd=7.1&&")[..^2], .. Hj212("CN=2011;CP=&&DataTime=20230907180100;w01001-Rtd=7.2&&")[..^2]]));

    [Fact]
    public void Line_ends_more_than_the_packets_own_are_nothing()
    {
        var packet = Hj212("CN=2011;CP=&&DataTime=20230907180000;w01001-Rtd=7.1&&");
        Assert.Equal([$"{Evening} seq=20161248 ph=7.1"], Decode(PayloadForm.Hj212, SensorKind.WaterQuality, [.. "\r\n\r\n"u8, .. packet, .. "\r\n"u8]));
        Assert.Equal(2, Decode(PayloadForm.Hj212, SensorKind.WaterQuality, [.. packet, .. "\n\r\n"u8, .. packet]).Count);
        Assert.Equal(["frame_truncated"], Decode(PayloadForm.Hj212, SensorKind.WaterQuality, [.. "\r\n"u8]));
    }

    [Fact]
    public void A_packet_alone_is_taken_as_far_as_it_is_whole()
    {
        var body = Convert.FromHexString(Head + "392300001250" + "272300012345");
        byte[] first = Packet(body.AsSpan(0, body.Length - 2), 1), last = Packet(body.AsSpan(^2..), 3);
        Assert.Equal([$"{Evening} seq=none level=1.25", "frame_incomplete"], Decode(PayloadForm.Sl651, SensorKind.Outfall, first));
        Assert.Equal(["frame_incomplete"], Decode(PayloadForm.Sl651, SensorKind.Outfall, last));
        // Nothing says how many values of a series are still to come.
        Assert.Equal(["frame_incomplete"], Decode(PayloadForm.Sl651, SensorKind.River, Packet(Convert.FromHexString(Head + "0418000005" + "39230000125000001260"), 1, Sl651Function.Uniform)));
        // Half a picture is no record of the station; the whole one is.
        Assert.Empty(Sl651Message.Of(Packet(Convert.FromHexString(Head + "F3F3FFD8"), 1, Sl651Function.Picture)));
    }

    [Fact]
    public void A_payload_of_more_readings_than_the_contract_has_is_refused()
    {
        var frame = Sl651(string.Concat(Enumerable.Range(0, 300).Select(i => $"F0F0230907{i / 60:D2}{i % 60:D2}" + "2019000010")));
        Assert.Equal(300, Decode(PayloadForm.Sl651, SensorKind.Generic, frame).Count);
        Assert.Equal(["too_many_readings"], Decode(PayloadForm.Sl651, SensorKind.Generic, [.. Enumerable.Repeat(frame, 17).SelectMany(f => f)]));
    }

    [Fact]
    public void Two_names_that_would_be_one_metric_are_not_mixed() =>
        Assert.Equal(
            [$"{Evening} seq=none speed=1", "metric_unknown urn:dev:1/pump2/speed"],
            Decode(PayloadForm.Senml, SensorKind.Generic, Encoding.UTF8.GetBytes("""[{"bn":"urn:dev:1/","n":"pump1/speed","v":1},{"n":"pump2/speed","v":2}]""")));

    private static byte[] Sl651(string content)
    {
        var frame = new byte[Sl651Frame.BytesMax];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, Convert.FromHexString(Head + content), Sl651Mark.Etx)];
    }

    private static byte[] Packet(ReadOnlySpan<byte> body, int index, byte function = Sl651Function.Timed)
    {
        var frame = new byte[Sl651Frame.BytesMax];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, function, false, body, Sl651Mark.Etb, 3, index)];
    }

    private static byte[] Hj212(string segment)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes("ST=21;PW=1;MN=A;Flag=4;" + segment));
        return packet.WrittenSpan.ToArray();
    }
}
