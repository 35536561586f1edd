using System.IO.Compression;
using LuohuIOC.DeviceProtocol.Sparkplug;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sparkplug;

/// <summary>Integers in every way that encoders write them; data has no datatype (tck-id-payloads-metric-datatype-not-req), it is its birth's.</summary>
public sealed class SparkplugNumberTests
{
    // Field 10 is int_value, 11 long_value. Varints of −5 in 32 and 64 bits, of 251 and of 65531 (Tahu's Python encoder adds 2^8 and 2^16).
    private const string Int32 = "50FBFFFFFF0F", Int64 = "58FBFFFFFFFFFFFFFFFF01", Byte = "50FB01", Word = "50FBFF03";

    [Theory]
    [InlineData(1, Byte, -5)]
    [InlineData(1, Int32, -5)]
    [InlineData(2, Word, -5)]
    [InlineData(2, Int32, -5)]
    [InlineData(3, Int32, -5)]
    [InlineData(4, Int64, -5)]
    [InlineData(5, Byte, 251)]
    [InlineData(6, Word, 65531)]
    [InlineData(7, Int32, 4294967291)]
    [InlineData(8, "5805", 5)]
    public void A_number_is_that_of_its_births_type(int type, string value, double expected)
    {
        var birth = "0A0176" + "1001" + $"20{type:X2}" + value;
        foreach (var data in new[] { "1001" + $"20{type:X2}" + value, "1001" + value, "1001" + "2000" + value, "0A0176" + value })
        {
            var node = new SparkplugNode();
            Assert.Equal(expected, Take(node, "NBIRTH", 0, birth).Values.Single().Value);
            var step = Take(node, "NDATA", 1, data);
            Assert.False(step.WantsRebirth);
            Assert.Equal(expected, step.Values.Single().Value);
            // Of a device, too, and a birth of the node forgets what the device's said.
            Take(node, "DBIRTH", 2, birth, "/d");
            Assert.Equal(expected, Take(node, "DDATA", 3, data, "/d").Values.Single().Value);
        }
    }

    [Fact]
    public void A_number_that_may_be_negative_waits_for_the_birth()
    {
        var early = Take(new SparkplugNode(), "NDATA", 1, "0A0176" + Int32);
        Assert.True(early is { HasUnknown: true, WantsRebirth: true, Values.Count: 0 });
        Assert.Equal(5, Take(new SparkplugNode(), "NDATA", 1, "0A0176" + "5005").Values.Single().Value);
    }

    /// <summary>Property Quality (3.0, 6.4.11), alone, behind another property, as int_value and long_value; other properties and a set without values say nothing.</summary>
    [Theory]
    [InlineData("4A0F" + "0A075175616C697479" + "1204" + "0803" + "1800", false)]
    [InlineData("4A10" + "0A075175616C697479" + "1205" + "0803" + "18F403", false)]
    [InlineData("4A10" + "0A075175616C697479" + "1205" + "0803" + "18C001", true)]
    [InlineData("4A10" + "0A075175616C697479" + "1205" + "0804" + "20F403", false)]
    [InlineData("4A1A" + "0A0175" + "1206" + "080C" + "42026D6D" + "0A075175616C697479" + "1204" + "0803" + "1800", false)]
    [InlineData("4A0B" + "0A0175" + "1206" + "080C" + "42026D6D", true)]
    [InlineData("4A09" + "0A075175616C697479", true)]
    [InlineData("", true)]
    public void A_value_that_the_node_does_not_stand_for_is_told_from_a_good_one(string properties, bool isGood) =>
        Assert.Equal(isGood, Take(new SparkplugNode(), "NDATA", 1, "0A0176" + "5005" + properties).Values.Single().IsGood);

    [Fact]
    public void A_packed_payload_is_unpacked_and_what_is_none_is_no_payload()
    {
        var inner = Convert.FromHexString("0801" + "1205" + "0A0176" + "5005" + "1807");
        foreach (var pack in new Func<Stream, Stream>[] { s => new GZipStream(s, CompressionLevel.Fastest), s => new ZLibStream(s, CompressionLevel.Fastest), s => new DeflateStream(s, CompressionLevel.Fastest) })
        {
            var metric = Assert.Single(SparkplugPayload.Parse(Outer(Packed(inner, pack)))!.Metrics);
            Assert.Equal(("v", 5.0), (metric.Name, metric.Value));
            Assert.Equal(7UL, SparkplugPayload.Parse(Outer(Packed(inner, pack)))!.Sequence);
        }
        static Stream Gzip(Stream s) => new GZipStream(s, CompressionLevel.Fastest);
        Assert.Null(SparkplugPayload.Parse(Outer([1, 2, 3])));
        Assert.Null(SparkplugPayload.Parse(Outer(Packed(Outer(Packed(inner, Gzip)), Gzip))));
        Assert.Null(SparkplugPayload.Parse(Outer(Packed(new byte[2 << 20], Gzip))));
    }

    private static byte[] Packed(byte[] bytes, Func<Stream, Stream> pack)
    {
        var into = new MemoryStream();
        using (var stream = pack(into)) stream.Write(bytes);
        return into.ToArray();
    }

    // uuid (4) and body (5).
    private static byte[] Outer(byte[] body)
    {
        var uuid = "SPBV1.0_COMPRESSED"u8;
        return [0x22, (byte)uuid.Length, .. uuid, 0x2A, (byte)(body.Length & 0x7F | 0x80), (byte)(body.Length >> 7), .. body];
    }

    private static SparkplugStep Take(SparkplugNode node, string message, byte sequence, string metric, string device = "") =>
        node.Take(
            SparkplugTopic.Parse($"spBv1.0/g/{message}/n{device}")!,
            SparkplugPayload.Parse(Convert.FromHexString($"0801" + $"12{metric.Length / 2:X2}{metric}" + $"18{sequence:X2}"))!);
}
