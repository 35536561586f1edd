using System.Globalization;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Tidy;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Rejections;

/// <summary>Whoever made a frame reads in its refusal what is wrong with it, and where.</summary>
public sealed class FrameFaultTextTests
{
    private const string Head = "QN=20160801085857223;ST=21;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;";

    [Theory]
    [InlineData(Head + "CP=&&DataTime=20160801085857;w01001-Rtd=7,5&&", "字段 5 没有等号")]
    [InlineData(Head + "CP=&&DataTime=2016-08-01 08:58;w01001-Rtd=7.5&&", "DataTime 的值 32 30 31 36 2D")]
    [InlineData(Head + "CP=&&DataTime=20161301085857;w01001-Rtd=7.5&&", "DataTime 的值 20161301085857 不是时间")]
    [InlineData(Head + "CP=&&DataTime=20160801085857;w01001-Rtd=7.5,w01018-Rtd=8&&", "w01001 与 w01018 两个因子之间用了逗号")]
    [InlineData(Head + "CP=&&w01001-Rtd=7.5&&", "不知道数据是何时的")]
    [InlineData(Head + "CP=w01001-Rtd=7.5", "没有成对的 CP=&&")]
    [InlineData("ST=21;CN=11;CP=&&DataTime=20160801085857&&", "没有四位数字的 CN")]
    [InlineData("ST=21;CN=2011;Flag;CP=&&DataTime=20160801085857&&", "字段 Flag 没有等号")]
    [InlineData("ST=21;CN=2011;PNUM=2;PNO=3;CP=&&DataTime=20160801085857&&", "包序号 3 与包总数 2 不符")]
    public void A_packet_that_came_over_whole_is_told_by_its_fields(string segment, string told) => Assert.Contains(told, Told("hj212", Packet(segment)));

    [Fact]
    public void A_packet_that_did_not_is_told_by_its_length_and_check_value()
    {
        var segment = Head + "CP=&&DataTime=20160801085857;w01001-Rtd=7.5&&";
        var right = Crc16.Hj212(Encoding.ASCII.GetBytes(segment)).ToString("X4", CultureInfo.InvariantCulture);
        var modbus = Crc16.Modbus(Encoding.ASCII.GetBytes(segment)).ToString("X4", CultureInfo.InvariantCulture);
        var good = Packet(segment);
        Assert.Contains($"校验值应为 {right}，帧中为 0000（", Told("hj212", good[..^6] + "0000\r\n"));
        Assert.Contains("高低字节颠倒", Told("hj212", good[..^6] + right[2..] + right[..2] + "\r\n"));
        Assert.Contains("另一种 CRC16", Told("hj212", good[..^6] + modbus + "\r\n"));
        Assert.Contains($"长度字段为 0012，数据段实有 {segment.Length} 字节".Replace("0012", "12"), Told("hj212", "##0012" + good[6..]));
        Assert.Contains($"全帧应有 {segment.Length + 10} 字节，只有 {segment.Length} 字节", Told("hj212", good[..segment.Length]));
        Assert.Contains("四位十进制长度，收到 00A1", Told("hj212", "##00A1" + good[6..]));
        Assert.Contains("应以 ## 开头，收到的开头是 QN", Told("hj212", segment));
    }

    [Theory]
    [InlineData("7E7E020012345678000A2F000802000C14120509435703FB2E", "校验值应为 FB2D，帧中为 FB2E")]
    [InlineData("7E7E020012345678000A2F000802000C141205094357032DFB", "高低字节颠倒")]
    [InlineData("7E7E020012345678000A2F000802000C141205094357", "全帧应有 25 字节，只有 22 字节")]
    [InlineData("7E7E0200", "只有 4 字节，不够一个帧头")]
    [InlineData("2323303038", "应以 7E 7E / 01 开头，收到的开头是 ##")]
    // Rain of two bytes where the definition says seven; the frame's body begins at byte 15, its elements at 23.
    [InlineData("*7E7E0200123456780000320014 02 0001 240601080000 F1F1 0012345678 48 20 39 0001 03", "第 31 字节起的要素（20 39 00）")]
    [InlineData("*7E7E020012345678000032001C 02 0001 240601080000 F1F1 0012345678 48 F0F0 2413010800 20 19 000100 03", "观测时间 2413010800 不是日历上的时间")]
    [InlineData("*7E7E020012345678000032000D 02 0001 FFFFFFFFFFFF 20 19 000100 03", "发报时间 FFFFFFFFFFFF")]
    [InlineData("*7E7E0200123456780000320008 02 0001 240601080000 20", "第 23 字节应为结束符")]
    [InlineData("*7E7E0200123456780000320008 55 0001 240601080000 03", "第 14 字节应为 STX")]
    [InlineData("*7E7E020012345678000032000B 16 001002 0001 240601080000 03", "包序号 2 与包总数 1 不符")]
    [InlineData("*7E7E0012345678020000328008 02 0001 240601080000 05", "下行帧")]
    [InlineData("*7E7E0200123456780000320002 02 0001 03", "正文只有 2 字节")]
    public void A_hydrological_frame_is_told_by_its_bytes(string hex, string told) => Assert.Contains(told, Told("sl651", Convert.FromHexString(Sealed(hex.Replace(" ", "")))));

    [Theory]
    [InlineData("4040010001000500090207150504030201000B0A09080706000003742323", "校验和应为 73，帧中为 74")]
    [InlineData("4040010001000500090207150504030201000B0A09080706000003732324", "第 29 字节起应为结束符 23 23，收到 #$")]
    [InlineData("4040010001000500090207150504030201000B0A09080706000803732323", "超过标准规定的 1024 字节")]
    [InlineData("4041", "应以 40 40 开头，收到的开头是 @A")]
    public void A_fire_alarm_frame_is_told_by_its_bytes(string hex, string told) => Assert.Contains(told, Told("gb26875", Convert.FromHexString(hex)));

    [Fact]
    public void Of_a_long_frame_no_more_is_said_than_its_first_bytes_show()
    {
        var long1 = Packet(Head + "CP=&&DataTime=20160801085857;" + string.Concat(Enumerable.Range(0, 40).Select(i => $"w{i:00000}-Rtd=7.5;")) + "&&");
        Assert.Equal(TextBook.Get(TextBook.Chinese, "rejection.frame_crc"), Told("hj212", long1));
        Assert.Contains("字段 5 没有等号", Told("hj212", long1.Replace("w00001-Rtd=7.5", "w00001-Rtd=7,5")));
    }

    /// <summary>Every text in the caller's language, and none where a place stays empty.</summary>
    [Fact]
    public void English_readers_get_English()
    {
        var told = RejectionEndpoints.TextOf(Rejection("sl651", Convert.FromHexString("7E7E020012345678000A2F000802000C14120509435703FB2E")), new SensorRegistry(), TextBook.English);
        Assert.Equal("The check value should be FB2D, the frame has FB2E (it covers all from the start mark to the end mark, CRC-16/MODBUS, high byte first): check the line and the algorithm; the station should send it again", told);
    }

    private static string Told(string protocol, string packet) => Told(protocol, Encoding.ASCII.GetBytes(packet));

    private static string Told(string protocol, byte[] bytes)
    {
        foreach (var topic in new[] { $"luohu/v1/gw-1/a/raw/{protocol}", $"tcp/{protocol}/127.0.0.1:50000" })
        {
            var english = RejectionEndpoints.TextOf(Rejection(protocol, bytes) with { Topic = topic }, new SensorRegistry(), TextBook.English);
            Assert.False(StyleRules.HasHan(english), english);
        }
        return RejectionEndpoints.TextOf(Rejection(protocol, bytes), new SensorRegistry(), TextBook.Chinese);
    }

    private static Rejection Rejection(string protocol, byte[] bytes) =>
        new(0, "gw-1", $"luohu/v1/gw-1/a/raw/{protocol}", RejectionReason.FrameCrc, "a", -1, "", bytes.Length, bytes[..Math.Min(bytes.Length, LuohuIOC.Ingestion.Rejections.Rejection.FirstBytesMax)]);

    private static string Packet(string segment) => $"##{segment.Length:0000}{segment}{Crc16.Hj212(Encoding.ASCII.GetBytes(segment)):X4}\r\n";

    // * before what still needs its check value.
    private static string Sealed(string hex) => hex[0] != '*' ? hex : $"{hex[1..]}{Crc16.Modbus(Convert.FromHexString(hex[1..])):X4}";
}
