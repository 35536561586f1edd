using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.Ingestion;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>HJ 212: a data flag holds for its factor wherever it stands.</summary>
public sealed class FlagsApartTests
{
    [Theory]
    [InlineData("w01001-Rtd=7.1,w01001-Flag=D", true)]
    [InlineData("w01001-Rtd=7.1;w01001-Flag=D", true)]
    [InlineData("w01001-flag=D;w01001-rtd=7.1", true)]
    [InlineData("w01001-Rtd=7.1;w01001-Flag=N", false)]
    [InlineData("w01001-Rtd=7.1;w01010-Flag=D", false)]
    public void A_flag_in_a_group_of_its_own_marks_its_metric(string fields, bool isBad) => Assert.Equal(isBad, IsFlagged(Packet("2011", "", "DataTime=20230907180000;" + fields)));

    [Fact]
    public void A_factor_may_be_spread_over_the_packets_of_a_payload()
    {
        var first = Packet("2051", "PNUM=2;PNO=1;", "DataTime=20230907180000;w01001-Min=7,w01001-Avg=7.1");
        var second = Packet("2051", "PNUM=2;PNO=2;", "DataTime=20230907180000;w01001-Max=7.2,w01001-Flag=D");
        Assert.True(IsFlagged([.. first, .. second]));
        Assert.True(IsFlagged([.. second, .. first]));
        Assert.False(IsFlagged([.. first, .. Packet("2051", "PNUM=2;PNO=2;", "DataTime=20230907180100;w01001-Max=7.2,w01001-Flag=D")]));
        // Of another station, and of a damaged packet.
        Assert.False(IsFlagged([.. first, .. Packet("2051", "PNUM=2;PNO=2;", "DataTime=20230907180000;w01001-Max=7.2,w01001-Flag=D", "B")]));
        second[^8] ^= 1;
        Assert.False(IsFlagged([.. first, .. second]));
    }

    private static bool IsFlagged(byte[] payload)
    {
        var group = new ReadingGroup();
        Assert.EndsWith(" ph=7.1", Decode(PayloadForm.Hj212, SensorKind.WaterQuality, payload, null, group)[0]);
        Assert.Equal(1, group.Count);
        return group.FlaggedOf(0) != 0;
    }

    private static byte[] Packet(string command, string numbers, string parameters, string station = "A")
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"QN=20230907180001000;ST=21;CN={command};PW=1;MN={station};Flag=7;{numbers}CP=&&{parameters}&&"));
        return packet.WrittenSpan.ToArray();
    }
}
