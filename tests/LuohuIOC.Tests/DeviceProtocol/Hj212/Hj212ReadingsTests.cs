using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using LuohuIOC.Benchmarks.Decode;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Hj212;

public sealed class Hj212ReadingsTests
{
    private static readonly long Morning = new DateTimeOffset(2016, 8, 1, 8, 40, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("QN=20160801085000001;ST=32;CN=2051;PW=1;MN=A;Flag=5;CP=&&DataTime=20160801084000;w01001-Min=7.1,w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N&&", "w01001=7.5")]
    [InlineData("QN=20160801085000001;ST=32;CN=2011;PW=1;MN=A;Flag=4;CP=&&DataTime=20160801084000;w01001-Rtd=-7.5,w01001-Flag=D&&", "w01001=-7.5!")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000000;011-Rtd=40.1&&", "011=40.1")]
    [InlineData("ST=32;CN=2061;PW=1;MN=A;PNO=1;PNUM=2;CP=&&DataTime=20160801084000;B01-Cou=10.5;001-Avg=;101-Avg=x&&", "B01-Cou=10.5 101?")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&w01001-Rtd=7.5;w01010-Rtd=25;DataTime=20160801084000&&", "w01001=7.5 w01010=25")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;PNUM=2;PNO=9;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;PNUM=2;PNO=0;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000; w01001-Rtd =7&&", "w01001=7")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Flag=D,w01009-Rtd=8.5&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;PNUM=2;PNO=2;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", "w01001=7")]
    [InlineData("ST=32;CN=3020;PW=1;MN=A;CP=&&DataTime=20160801084000;PolId=i11001;i11001-Info=//a, b; c//&&", "")]
    [InlineData("ST=32;CN=2021;PW=1;MN=A;CP=&&DataTime=20160801084000;SB1-RS=1&&", "")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160231084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7&&x", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7,5&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&&", null)]
    [InlineData("ST=91;CN=9014;PW=1;MN=A;CP=&&&&", "")]
    [InlineData("ST=32;CN=2061;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7.5&&", "w01001=7.5")]
    [InlineData("ST=32;CN=2061;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Avg=7.5,w01001-Rtd=7.1;w01010-Rtd=24,w01010-Avg=,w01010-Cou=9&&", "w01001=7.5 w01010=24")]
    [InlineData("ST=23;CN=2051;PW=1;MN=A;CP=&&DataTime=20160801084000;LEQ-Data=55.1;L10-Data=60,L10-Rtd=61&&", "LEQ=55.1 L10=61")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Avg=7.5&&", "")]
    [InlineData("ST=22;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;a05024-Rtd=40,a05024-Flag=3;a21026-Rtd=8,a21026-Flag=2&&", "a05024=40 a21026=8!")]
    [InlineData("ST=22;CN=2011;PW=1;MN=A;Flag=5;CP=&&DataTime=20160801084000;a05024-Rtd=40,a05024-Flag=3&&", "a05024=40!")]
    [InlineData("ST=31;CN=2011;PW=1;MN=A;Flag=1;CP=&&DataTime=20160801084000;a05024-Rtd=40,a05024-Flag=3&&", "a05024=40!")]
    [InlineData("ST=32;CN=02011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=201a;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=010000A8900016F000169DC01;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=321;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=BF470F88957588DE902D1A52;MN=A;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", "w01001=7")]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;PNUM=00002;PNO=1;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("ST=32;CN=2011;PW=1;MN=A;PNUM=2;PNO=00001;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", null)]
    [InlineData("QN=20160801085000001;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=127;PNUM=9999;PNO=9999;CP=&&DataTime=20160801084000;w01001-Rtd=7,w01001-Flag=N&&", "w01001=7")]
    [InlineData("ST=32;CN=2011;PW=1;MN=010000A8900016F000169DC0;CP=&&DataTime=20160801084000;w01001-Rtd=7&&", "w01001=7")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=1.5;w01018-Flag=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Flag=D;w01018-Rtd=1.5&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=1.5,w01018-FLAG=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-rtd=1.5,W01018-flag=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-RTD=1.5;w01018-Flag=N&&", "w01018=1.5")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=1.5;w21003-Rtd=2;w21003-Flag=D&&", "w01018=1.5 w21003=2!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=1.5,w01018-Flag=N;w01018-Flag=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=--;w01018-Flag=D&&", "")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Rtd=1.5;DataTime=20160801084000;w01018-Flag=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2061;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Min=1;w01018-Avg=1.5;w01018-Max=2;w01018-Flag=D&&", "w01018=1.5!")]
    [InlineData("ST=21;CN=2061;PW=1;MN=A;CP=&&DataTime=20160801084000;B01-Cou=9;B01-AVG=1.5;B01-Flag=D&&", "B01=1.5!")]
    [InlineData("ST=21;CN=2061;PW=1;MN=A;CP=&&DataTime=20160801084000;w01018-Avg=1.5;w01018-Rtd=1.4;w01018-Max=2&&", "w01018=1.5")]
    [InlineData("ST=21;CN=2011;PW=1;MN=A;CP=&&datatime=20160801084000;w01018-Rtd=1.5,w01018-Flag=N&&", "w01018=1.5")]
    public void Data_of_both_editions_and_of_the_wild(string segment, string? expected)
    {
        var sink = new Values();
        var fault = Read(PacketOf(segment), ref sink);
        Assert.Equal(expected is null, fault != FrameFault.None);
        if (expected is null) return;
        Assert.Equal(expected, string.Join(' ', sink.All.Select(v => FormattableString.Invariant($"{v.Factor}{(double.IsNaN(v.Value) ? "?" : "=" + v.Value.ToString(CultureInfo.InvariantCulture))}{(v.Good ? "" : "!")}"))));
        Assert.All(sink.All, v => Assert.Equal(Morning, v.At));
    }

    [Fact]
    public void A_data_answer_is_that_of_the_standard()
    {
        var upload = PacketOf("QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857;w01001-Rtd=7&&");
        Assert.Equal(FrameFault.None, Hj212Packet.TryParse(upload, out var packet));
        Assert.True(packet.WantsAnswer);
        var answer = new ArrayBufferWriter<byte>();
        Hj212Writer.Acknowledge(answer, packet);
        Assert.Equal("##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n", Encoding.ASCII.GetString(answer.WrittenSpan));
    }

    [Fact]
    public void Agrees_with_the_slow_reading_of_mutated_packets()
    {
        var samples = SampleFrames.Of("hj212");
        var (refused, read) = (0, 0);
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int).Sample((sample, seed) =>
        {
            var frame = FrameFuzz.Mutate(samples[sample], new byte[8192], new Random(seed)).ToArray();
            SampleFrames.Seal("hj212", frame);
            var expected = SlowHj212.Read(frame);
            var sink = new Values();
            var fault = Read(frame, ref sink);
            Assert.True(expected is null == (fault != FrameFault.None), $"{fault}: {Encoding.Latin1.GetString(frame)}");
            if (expected is not null) Assert.Equal(expected, sink.All);
            Interlocked.Increment(ref expected is null ? ref refused : ref read);
        }, iter: 30_000);
        Assert.True(read > 1_500 && refused > 1_500, $"{read} read, {refused} refused: the mutations prove nothing.");
    }

    [Fact]
    public void Parameters_longer_than_the_standards_are_taken_stations_send_them()
    {
        var sink = new Values();
        var fault = Read(PacketOf($"ST=32;CN=2011;PW=1;MN=A;Flag=5;CP=&&DataTime=20160801084000;w01001-Rtd=7,w01001-Info={new string('x', 1500)}&&"), ref sink);
        Assert.Equal((FrameFault.None, 1), (fault, sink.All.Count));
    }

    private static byte[] PacketOf(string segment)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes(segment));
        return packet.WrittenSpan.ToArray();
    }

    private static FrameFault Read(byte[] bytes, ref Values sink)
    {
        var fault = Hj212Packet.TryParse(bytes, out var packet);
        return fault != FrameFault.None ? fault : Hj212Readings.Read(packet, ref sink);
    }

    private readonly struct Values() : IHj212Sink
    {
        public List<(string Factor, long At, double Value, bool Good)> All { get; } = [];

        public void Value(scoped ReadOnlySpan<byte> factor, long unixMs, double value, bool good) => All.Add((Encoding.Latin1.GetString(factor), unixMs, value, good));

        public void NotANumber(scoped ReadOnlySpan<byte> factor, long unixMs) => All.Add((Encoding.Latin1.GetString(factor), unixMs, double.NaN, true));

        public void Missing(scoped ReadOnlySpan<byte> factor)
        {
        }

        public void Unknown(scoped ReadOnlySpan<byte> name)
        {
        }
    }
}
