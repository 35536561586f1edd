using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.History.Influx;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Hj212;

public sealed class Hj212SequenceTests
{
    [Fact]
    public void Other_factors_of_one_time_and_command_are_no_repetition() =>
        Assert.NotEqual(Of("CN=2011;CP=&&DataTime=20230907180000;w01001-Rtd=7.1&&"), Of("CN=2011;CP=&&DataTime=20230907180000;w01010-Rtd=25&&"));

    [Fact]
    public void A_resend_is_one_whatever_its_request_number_and_the_order_of_its_factors() =>
        Assert.Equal(
            Of("QN=20230907180001000;CN=2011;CP=&&DataTime=20230907180000;w01001-Rtd=7.1,w01001-Flag=N;w01010-Rtd=25&&"),
            Of("QN=20230907180011000;CN=2011;CP=&&DataTime=20230907180000;w01010-Rtd=25;w01001-Rtd=7.1,w01001-Flag=N&&"));

    [Theory]
    [InlineData("CN=2011;PNUM=2;PNO=1;CP=&&w01001-Rtd=7.1&&", 20_110_001, false)]
    [InlineData("CN=2011;PNO=2;CP=&&w01001-Rtd=7.1&&", 20_110_002, false)]
    [InlineData("CN=2061;PNUM=9999;PNO=9999;CP=&&w01001-Avg=7.1&&", 20_619_999, false)]
    [InlineData("CN=2011;CP=&&&&", 20_120_000, true)]
    // One packet of one is numbered like the next one of the same time.
    [InlineData("CN=2011;PNUM=1;PNO=1;CP=&&w01001-Rtd=7.1&&", 20_161_248, true)]
    [InlineData("CN=2011;CP=&&w01001-Rtd=7.1&&", 20_161_248, true)]
    public void Packet_numbers_count_where_there_are_several_and_else_the_factors_do(string segment, long sequence, bool isOfFactors)
    {
        Assert.Equal(sequence, Of(segment));
        Assert.Equal(isOfFactors, Hj212Sequence.IsOfFactors(sequence));
    }

    [Fact]
    public void What_commands_and_numbers_and_factors_may_be_lies_apart_on_a_series_of_influx()
    {
        // From the first packet number to the last of the factors' places.
        var places = new[] { 2011, 2051, 2061 }.Select(cn => (First: Place(cn * 10_000L), Last: Place((cn * 10_000L) + 99_999))).OrderBy(p => p.First).ToArray();
        for (var i = 1; i < places.Length; i++) Assert.True(places[i - 1].Last >= places[i - 1].First && places[i - 1].Last < places[i].First);
        Assert.True(places[^1].Last > places[^1].First || places[^1].Last < places[0].First);

        static long Place(long sequence) => PointTime.Of(0, sequence);
    }

    private static long Of(string segment)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes("ST=21;PW=1;MN=A;Flag=4;" + segment));
        Assert.Equal(FrameFault.None, Hj212Packet.TryParse(packet.WrittenSpan, out var parsed));
        return Hj212Sequence.Of(parsed);
    }
}
