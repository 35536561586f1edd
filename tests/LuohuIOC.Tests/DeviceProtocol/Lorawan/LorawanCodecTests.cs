using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Lorawan;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Lorawan;

public sealed class LorawanCodecTests
{
    // The vectors' devices in their order. The last one is a serial frame of its own and no LoRaWAN payload.
    private static readonly string[] Codecs =
        ["bosch-tps110", "nwave-nps405", "milesight-gs524n", "tg563a", "milesight-em310-udl", "milesight-em400-udl", "milesight-em500-swl", "milesight-em310-tilt"];

    [Fact]
    public void Every_golden_payload_decodes_to_its_numbers_and_words()
    {
        var devices = JsonNode.Parse(Repository.Read("firmware-contracts/vectors/lorawan.json"))!.AsArray();
        var compared = 0;
        foreach (var (index, name) in Codecs.Index())
        {
            foreach (var vector in devices[index]!["vectors"]!.AsArray())
            {
                var found = Decode(name, (int?)vector!["fPort"] ?? 0, (string)vector["hex"]!);
                foreach (var (member, value) in vector["expected"]!.AsObject())
                {
                    var match = found.Where(f => f.Name == member).ToArray();
                    if (match.Length == 0) continue;
                    if (value!.GetValueKind() == System.Text.Json.JsonValueKind.Number) Assert.Equal((double)value, match[0].Value, 9);
                    else if (value.GetValueKind() == System.Text.Json.JsonValueKind.String && match[0].Text is { } text) Assert.Equal((string)value!, text);
                    else if (value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) Assert.Equal((bool)value, match[0].Value == 1);
                    else continue;
                    compared++;
                }
            }
        }
        Assert.True(compared >= 28, $"{compared} members compared.");
    }

    [Theory]
    [InlineData("nwave-nps405", 1, "95", "previousMinutes", 74)]
    [InlineData("nwave-nps405", 1, "B4", "previousMinutes", 90)]
    [InlineData("nwave-nps405", 1, "B6", "previousMinutes", 95)]
    [InlineData("nwave-nps405", 1, "F2", "previousMinutes", 300)]
    [InlineData("milesight-em310-tilt", 0, "03CF00000000282307", "threshold_y", 1)]
    [InlineData("milesight-em400-udl", 0, "0367F6FF", "temperature", -1)]
    public void Compressed_and_negative_values(string codec, int port, string hex, string name, double expected) =>
        Assert.Equal(expected, Decode(codec, port, hex).Single(v => v.Name == name).Value);

    [Fact]
    public void An_overflowing_time_is_no_value() => Assert.DoesNotContain(Decode("nwave-nps405", 1, "FF"), v => v.Name == "previousMinutes");

    [Theory]
    [InlineData("milesight-gs524n", 0, "221E64001C41", FrameFault.Crc, 0)]
    [InlineData("milesight-em310-udl", 0, "01755C0382", FrameFault.Truncated, 3)]
    [InlineData("milesight-em310-udl", 0, "01755C03824408040001FF7700", FrameFault.Body, 10)]
    [InlineData("milesight-em310-udl", 0, "FF7700", FrameFault.Body, 0)]
    [InlineData("bosch-tps110", 9, "01", FrameFault.Body, 0)]
    [InlineData("bosch-tps110", 2, "01", FrameFault.Truncated, 0)]
    public void What_does_not_fit_is_at_fault_and_items_before_it_stand(string codec, int port, string hex, FrameFault fault, int read)
    {
        var found = new List<LorawanValue>();
        Assert.Equal((fault, read), (LorawanCodec.Of(codec)!.Decode(port, Convert.FromHexString(hex), found, out var at), at));
        if (read > 0) Assert.Equal(Decode(codec, port, hex[..(2 * read)]), found);
    }

    private static List<LorawanValue> Decode(string codec, int port, string hex)
    {
        var found = new List<LorawanValue>();
        Assert.Equal(FrameFault.None, LorawanCodec.Of(codec)!.Decode(port, Convert.FromHexString(hex), found, out _));
        return found;
    }
}
