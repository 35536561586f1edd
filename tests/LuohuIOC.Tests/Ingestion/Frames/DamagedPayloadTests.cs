using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>Payloads of several frames of which some are damaged: every valid frame counts, and each damaged stretch is told with its own reason.</summary>
public sealed class DamagedPayloadTests
{
    // Serial 901, sent and on fire at 18:11:54 on 30 November 2026; serial 902, normal, with a check value of one too many.
    private const string Fire =
        "404085030101360B121E0B1A0102030405060000000000003000020201010128010000000200D7DFC0C8000000000000000000000000000000000000000000000000000000360B121E0B1A6B2323";

    private const string WrongSum =
        "404086030101360B121E0B1A0102030405060000000000003000020201010128090000000100D7DFC0C8000000000000000000000000000000000000000000000000000000360B121E0B1A742323";

    private const string FireReading = "1796033514000 seq=901 alarm=1 fault=0";

    private const string Head = "F1F1001234567848" + "F0F02309071800";

    [Theory]
    [InlineData(Fire + WrongSum, "frame_crc")]
    [InlineData(WrongSum + Fire, "frame_crc")]
    [InlineData(WrongSum + Fire + WrongSum, "frame_crc frame_crc")]
    [InlineData("00FF13" + Fire, "frame_invalid")]
    [InlineData(Fire + "00FF13", "frame_invalid")]
    [InlineData("4040" + Fire, "frame_truncated")]
    [InlineData(Fire + "4040860301", "frame_truncated")]
    [InlineData("404086030101360B121E0B1A010203040506000000000000300002" + Fire, "frame_truncated")]
    [InlineData("FF" + WrongSum + Fire, "frame_invalid frame_crc")]
    [InlineData(Fire + "0D0A", "")]
    [InlineData(Fire + "000000", "")]
    [InlineData("0D0A" + Fire + "0D0A0D0A", "")]
    public void A_fire_is_taken_whatever_else_its_payload_holds(string payload, string reasons) =>
        Assert.Equal([FireReading, .. reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries)], Decode(PayloadForm.Gb26875, SensorKind.Smoke, Convert.FromHexString(payload)));

    [Fact]
    public void A_damaged_stretch_says_where_it_stands()
    {
        var parts = new List<Refusal>();
        Decode(PayloadForm.Gb26875, SensorKind.Smoke, Convert.FromHexString("13" + WrongSum + "0D0A" + Fire + "4040860301"), parts: parts);
        Assert.Equal("0..1 1..79 159..164", string.Join(' ', parts.Select(p => p.Stretch)));
    }

    [Fact]
    public void A_unit_that_breaks_the_rules_costs_no_fire_of_its_own_message()
    {
        var fire = Convert.FromHexString(Fire);
        var broken = fire.ToArray();
        // Two objects, says the count; the check value is right, and so the frame ends where it says.
        broken[28] = 2;
        broken[^3]++;
        Assert.Equal([FireReading, "frame_invalid"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, [.. fire, .. broken]));
        Assert.Equal([FireReading, "frame_invalid"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, [.. broken, .. fire]));
    }

    [Theory]
    [InlineData("gc", "1 2", "frame_crc")]
    [InlineData("cg", "1 2", "frame_crc")]
    [InlineData("ng", "1 2", "frame_invalid")]
    [InlineData("gn", "1 2", "frame_invalid")]
    [InlineData("tg", "1 2", "frame_truncated")]
    [InlineData("gt", "1 2", "frame_truncated")]
    [InlineData("gbg", "1 2", "frame_invalid")]
    [InlineData("cct", "", "frame_crc frame_crc frame_truncated")]
    [InlineData("gl", "1 2", "")]
    [InlineData("lgzlgl", "1 2", "")]
    public void A_level_and_a_value_of_water_are_taken_whatever_else_their_payload_holds(string parts, string values, string reasons)
    {
        var good = values.Length > 0 ? parts.Count(p => p == 'g') : 0;
        string[] told = reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var report = Sl651(Sl651Function.Timed, Head + "392300001250");
        var ascii = Ascii(Sl651Function.Timed, "000C230907180003" + "ST 0012345678 H TT 2309071800 Z 1.250 ");
        var packet = Hj212("DataTime=20230907180000;w01001-Rtd=7.1");
        foreach (var (frame, broken) in new[] { (report, Sl651(Sl651Function.Timed, Head + "3923000012")), (ascii, Ascii(Sl651Function.Timed, "000C230907180003" + "ST 0012345678 H TT 2309071800 Z")) })
            Assert.Equal([.. Enumerable.Repeat($"{Evening} seq=12 level=1.25", good), .. told], Decode(PayloadForm.Sl651, SensorKind.River, Payload(parts, frame, broken)));
        Assert.Equal(
            [.. Enumerable.Repeat($"{Evening} seq=20161248 ph=7.1", good), .. told],
            Decode(PayloadForm.Hj212, SensorKind.WaterQuality, Payload(parts, packet, Hj212("DataTime=20230931180000;w01001-Rtd=7.1"))));
    }

    [Fact]
    public void Noise_between_the_packets_of_a_message_does_not_part_them()
    {
        byte[] first = Packet(1), second = Packet(2), damaged = second.ToArray();
        damaged[^1] ^= 1;
        Assert.Equal([$"{Evening} seq=12 level=1.25", "frame_invalid"], Decode(PayloadForm.Sl651, SensorKind.River, [.. first, 0x13, .. second]));
        Assert.Equal([$"{Evening} seq=12 level=1.25"], Decode(PayloadForm.Sl651, SensorKind.River, [.. first, .. "\r\n"u8, .. second]));
        Assert.Equal([$"{Evening} seq=12 level=1.25", "frame_crc"], Decode(PayloadForm.Sl651, SensorKind.River, [.. first, .. damaged, .. second]));
        Assert.Equal(["frame_incomplete", "frame_crc"], Decode(PayloadForm.Sl651, SensorKind.River, [.. first, .. damaged]));
    }

    [Fact]
    public void A_picture_behind_noise_is_a_record_of_its_station()
    {
        byte[] picture = Sl651(Sl651Function.Picture, Head + "F3F3FFD8FFD9");
        Assert.Single(Sl651Message.Of([.. picture, 0x13]));
        Assert.Single(Sl651Message.Of([0x13, .. picture]));
    }

    [Theory]
    [InlineData(PayloadForm.Sl651, "0D0A", "frame_invalid")]
    [InlineData(PayloadForm.Hj212, "0D0A", "frame_truncated")]
    [InlineData(PayloadForm.Gb26875, "000000", "frame_invalid")]
    public void Padding_alone_is_no_frame(PayloadForm form, string payload, string reason) =>
        Assert.Equal([reason], Decode(form, SensorKind.Smoke, Convert.FromHexString(payload)));

    // What each hostile byte makes the search look at is limited; this took minutes when it was not.
    [Theory]
    [InlineData(PayloadForm.Sl651, "7E")]
    [InlineData(PayloadForm.Sl651, "7E7E0012345678000A000F3F02")]
    [InlineData(PayloadForm.Gb26875, "4040000000000000000000000000000000000000000000000004")]
    [InlineData(PayloadForm.Hj212, "2323393939")]
    [InlineData(PayloadForm.Hj212, "23233030303030303030")]
    public void A_payload_of_start_marks_is_refused(PayloadForm form, string part)
    {
        var payload = new byte[TelemetryReader.PayloadBytesMax];
        var bytes = Convert.FromHexString(part);
        for (var i = 0; i < payload.Length; i++) payload[i] = bytes[i % bytes.Length];
        var told = Decode(form, SensorKind.Smoke, payload);
        Assert.NotEmpty(told);
        Assert.InRange(told.Count, 1, TelemetryReader.ReadingsMax * 2);
        Assert.DoesNotContain(told, line => !line.StartsWith("frame_", StringComparison.Ordinal));
    }

    // g good, c check value wrong, n noise, t cut off, b body that breaks the rules, l line end, z padding.
    private static byte[] Payload(string parts, byte[] good, byte[] broken) => [.. parts.SelectMany(part => part switch
    {
        'g' => good,
        'c' => Damaged(good),
        'n' => [0x13, 0x7D, 0x80],
        't' => good[..(good.Length - 7)],
        'b' => broken,
        'l' => [(byte)'\r', (byte)'\n'],
        _ => new byte[5],
    })];

    private static byte[] Damaged(byte[] frame)
    {
        var damaged = frame.ToArray();
        damaged[^8] ^= 1;
        return damaged;
    }

    private static byte[] Packet(int index)
    {
        var body = Convert.FromHexString("000C230907180003" + Head + "392300001250");
        var frame = new byte[128];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, index == 1 ? body.AsSpan(..25) : body.AsSpan(25..), Sl651Mark.Etx, 2, index)];
    }

    private static byte[] Sl651(byte function, string content)
    {
        var frame = new byte[128];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, function, false, Convert.FromHexString("000C230907180003" + content), Sl651Mark.Etx)];
    }

    private static byte[] Ascii(byte function, string body)
    {
        var frame = new byte[128];
        return frame[..Sl651Writer.Ascii(frame, 1, 0x0012345678, 0, function, false, Encoding.ASCII.GetBytes(body), Sl651Mark.Etx)];
    }

    private static byte[] Hj212(string parameters)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"ST=21;CN=2011;PW=1;MN=A;Flag=4;CP=&&{parameters}&&"));
        return packet.WrittenSpan.ToArray();
    }
}
