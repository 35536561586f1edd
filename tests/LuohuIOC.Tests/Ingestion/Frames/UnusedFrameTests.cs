using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>Frames of measurements of which the sensor has no metric: told, unless there was nothing that it could have.</summary>
public sealed class UnusedFrameTests
{
    private const string Head = "000C230907180003" + "F1F1001234567848" + "F0F02309071800";

    [Theory]
    [InlineData(SensorKind.Smoke, "2019000010", "metric_unknown 20")]
    [InlineData(SensorKind.Smoke, "2019000010" + "2619008124" + "2019000010", "metric_unknown 20 26")]
    [InlineData(SensorKind.River, "FF0110" + "0027" + "38121220", "metric_unknown FF01")]
    [InlineData(SensorKind.River, "F460050505050505050505050505", "metric_unknown F4")]
    // A power supply and its state are no metric of any sensor.
    [InlineData(SensorKind.River, "38121220" + "452000000400", "")]
    [InlineData(SensorKind.River, "", "")]
    // It has nothing to tell of the level for now.
    [InlineData(SensorKind.River, "3923FFFFFFFF" + "2019000010", "")]
    [InlineData(SensorKind.River, "392309999999" + "2019000010", "")]
    [InlineData(SensorKind.Smoke, "2019FFFFFF", "")]
    public void Elements_for_another_kind_of_sensor_are_told(SensorKind kind, string elements, string told) =>
        Assert.Equal(Lines(told), Decode(PayloadForm.Sl651, kind, Sl651(Sl651Function.Timed, Head + elements)));

    [Fact]
    public void What_is_used_of_a_frame_is_enough() =>
        Assert.Equal([$"{Evening} seq=12 level=1.25"], Decode(PayloadForm.Sl651, SensorKind.River, Sl651(Sl651Function.Timed, Head + "2019000010" + "392300001250")));

    /// <summary>A reservoir's own level (3B) and the river's at its foot (39): whichever stands first in the frame, the reservoir's is its level.</summary>
    [Theory]
    [InlineData("392300033300" + "3B2300055100", "level=55.1", "metric_unknown 39")]
    [InlineData("3B2300055100" + "392300033300", "level=55.1", "metric_unknown 39")]
    [InlineData("3B2300055100" + "392300055100", "level=55.1", "")]
    [InlineData("392300033300", "level=33.3", "")]
    [InlineData("392300033300" + "F0F02309071755" + "3B2300055100", "level=55.1 level=33.3", "")]
    public void Of_two_elements_of_one_metric_the_nearer_one_counts_and_the_other_is_told(string elements, string values, string told)
    {
        var lines = Decode(PayloadForm.Sl651, SensorKind.Reservoir, Sl651(Sl651Function.Timed, Head + elements));
        Assert.Equal([.. values.Split(' '), .. Lines(told)], lines.Select(line => line[(line.LastIndexOf("seq=12 ", StringComparison.Ordinal) is >= 0 and var at ? at + "seq=12 ".Length : 0)..]));
    }

    [Theory]
    [InlineData(Sl651Function.Heartbeat, "000C230907180003")]
    [InlineData(Sl651Function.Test, Head)]
    [InlineData(Sl651Function.Picture, Head + "F3F3FFD8")]
    [InlineData(Sl651Function.Manual, Head + "F2F2313233")]
    [InlineData(Sl651Function.QueryState, "000C230907180003" + "F1F10012345678" + "48452000000400")]
    [InlineData(Sl651Function.QueryClock, "000C230907180003" + "F1F10012345678")]
    public void Heartbeats_tests_pictures_texts_states_and_clocks_have_no_metric_and_need_none(byte function, string body) =>
        Assert.Empty(Decode(PayloadForm.Sl651, SensorKind.Smoke, Sl651(function, body)));

    [Fact]
    public void An_identifier_that_no_table_has_is_told_by_its_name()
    {
        var frame = new byte[128];
        var length = Sl651Writer.Ascii(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, "000C230907180003ST 0012345678 H TT 2309071800 QQQ 1.5 VT 12.2 "u8, Sl651Mark.Etx);
        Assert.Equal(["metric_unknown QQQ"], Decode(PayloadForm.Sl651, SensorKind.River, frame[..length]));
    }

    [Theory]
    [InlineData(2011, "w99999-Rtd=1", "metric_unknown w99999")]
    [InlineData(2011, "w99999-Rtd=1;w01001-Rtd=,w01001-Flag=D", "")]
    [InlineData(2011, "w99999-Rtd=1;w01001-Rtd=7.1", "1694080800000 ph=7.1")]
    [InlineData(2011, "w01001-Avg=7.1", "metric_unknown w01001-Avg")]
    [InlineData(2061, "w01001-Min=7,w01001-Max=7.2,w01001-Flag=D", "metric_unknown w01001-Min")]
    [InlineData(2011, "", "")]
    [InlineData(2021, "SB1-RS=1", "")]
    [InlineData(2031, "w99999-Avg=1", "")]
    public void Factors_for_another_kind_of_sensor_are_told(int command, string fields, string told)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"ST=21;CN={command};PW=1;MN=A;Flag=4;CP=&&DataTime=20230907180000;{fields}&&"));
        Assert.Equal(Lines(told), Decode(PayloadForm.Hj212, SensorKind.WaterQuality, packet.WrittenSpan.ToArray()).Select(line => string.Join(' ', line.Split(' ').Where(word => !word.StartsWith("seq=", StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData(SensorKind.Smoke, 3, "metric_unknown analogue.3")]
    [InlineData(SensorKind.Smoke, 200, "metric_unknown analogue.200")]
    [InlineData(SensorKind.Heat, 200, "metric_unknown analogue.200")]
    public void An_analogue_value_for_another_kind_of_sensor_is_told(SensorKind kind, int analogue, string told)
    {
        // 25.0 degrees of component 9, at 18:00:00.
        var unit = Convert.FromHexString($"0301" + $"0103280900000" + $"0{analogue:X2}FA00" + "000012070917");
        Assert.Equal([told], Decode(PayloadForm.Gb26875, kind, Gb26875(Gb26875Command.Send, unit)));
    }

    [Theory]
    [InlineData(Gb26875Command.Confirm, "")]
    // Of a transmitter: reset; its clock; its version.
    [InlineData(Gb26875Command.Send, "1801" + "0101000012070917")]
    [InlineData(Gb26875Command.Send, "1C01" + "000012070917")]
    [InlineData(Gb26875Command.Send, "1901" + "0101")]
    public void Confirmations_operations_clocks_and_versions_have_no_metric_and_need_none(Gb26875Command command, string unit) =>
        Assert.Empty(Decode(PayloadForm.Gb26875, SensorKind.Charger, Gb26875(command, Convert.FromHexString(unit))));

    private static string[] Lines(string told) => told.Length > 0 ? [told] : [];

    private static byte[] Gb26875(Gb26875Command command, byte[] unit)
    {
        var frame = new byte[256];
        return frame[..Gb26875Writer.Frame(frame, 77, 1, Evening, 10, 11, command, unit)];
    }

    private static byte[] Sl651(byte function, string body)
    {
        var frame = new byte[256];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, function, false, Convert.FromHexString(body), Sl651Mark.Etx)];
    }
}
