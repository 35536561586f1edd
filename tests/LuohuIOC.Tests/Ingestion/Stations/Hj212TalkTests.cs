using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.Ingestion.Stations;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class Hj212TalkTests
{
    private readonly Hj212Talk _talk = new();

    [Fact]
    public void A_packet_ends_where_its_length_and_check_value_say_with_or_without_a_line_end()
    {
        byte[] first = Packet("w01001-Rtd=7.1"), second = Packet("w01001-Rtd=7.2");
        byte[] bare = first[..^2];
        Assert.Equal(bare.Length, _talk.LengthOf(bare));
        Assert.Equal(bare.Length, _talk.LengthOf([.. bare, .. second]));
        Assert.Equal(first.Length, _talk.LengthOf([.. first, .. second]));
        Assert.Equal(0, _talk.LengthOf(bare.AsSpan(0, bare.Length - 1)));
        // The line end comes later, in front of the next packet.
        Assert.Equal(0, _talk.LengthOf("\r\n"u8));
        Assert.Equal(2 + second.Length, _talk.LengthOf([.. "\r\n"u8, .. second]));
        byte[] late = [.. "\r\n"u8, .. second];
        Assert.Equal(second, _talk.Take(late)!.Parts.Single().Payload);
        Assert.NotNull(_talk.Answer(late, true, 0));
        Assert.Equal(-1, _talk.LengthOf("\r\nnoise"u8));
    }

    [Fact]
    public void A_length_that_lies_leaves_the_line_end()
    {
        var broken = Packet("w01001-Rtd=7.1");
        broken[5]++;
        Assert.Equal(broken.Length, _talk.LengthOf(broken));
        Assert.NotEqual(FrameFault.None, _talk.Take(broken)!.Fault);
    }

    [Fact]
    public void A_damaged_packet_without_a_line_end_holds_nothing_up()
    {
        byte[] broken = Packet("w01001-Rtd=7.1")[..^2], next = Packet("w01001-Rtd=7.2");
        broken[^1] ^= 1;
        Assert.Equal(broken.Length, _talk.LengthOf(broken));
        Assert.Equal(broken.Length, _talk.LengthOf([.. broken, .. next[..^2]]));
    }

    [Fact]
    public void A_packet_without_a_line_end_is_found_behind_one_whose_length_was_damaged()
    {
        byte[] broken = Packet("w01001-Rtd=7.1")[..^2], next = Packet("w01001-Rtd=7.2")[..^2];
        broken[2] = (byte)'9';
        var framing = new StationFraming(_talk);
        var rest = new ReadOnlySequence<byte>([.. broken, .. next]);
        Assert.True(framing.TryCut(ref rest, out var noise));
        Assert.Equal((broken.Length, RejectionReason.FrameTruncated), (noise.Bytes.Length, noise.Noise));
        Assert.True(framing.TryCut(ref rest, out var cut));
        Assert.Equal(next, cut.Bytes);
    }

    [Fact]
    public void Free_text_of_a_station_is_taken_and_answered()
    {
        var packet = Packet("PolId=i11001;i11001-Info=//a, b; c//", 3020);
        Assert.Equal(FrameFault.None, _talk.Take(packet)!.Fault);
        Assert.NotNull(_talk.Answer(packet, true, 0));
    }

    [Fact]
    public void A_notice_that_the_clock_wants_setting_is_answered_as_a_notice_and_what_was_refused_is_not()
    {
        var notice = Packet("PolId=w01018", 1013);
        Assert.Empty(_talk.Take(notice)!.Parts);
        Assert.Contains(";CN=9013;", Encoding.ASCII.GetString(_talk.Answer(notice, true, 0)!), StringComparison.Ordinal);
        Assert.Contains(";CN=9014;", Encoding.ASCII.GetString(_talk.Answer(Packet("w01001-Rtd=7.1"), true, 0)!), StringComparison.Ordinal);
        Assert.Null(_talk.Answer(Packet("w01001-Rtd=7.1"), false, 0));
        Assert.Null(_talk.Answer(Packet("", 9014), true, 0));
    }

    private static byte[] Packet(string parameters, int command = 2011)
    {
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"QN=20160801085857223;ST=32;CN={command};PW=123456;MN=A;Flag=5;CP=&&DataTime=20160801085857;{parameters}&&"));
        return packet.WrittenSpan.ToArray();
    }
}
