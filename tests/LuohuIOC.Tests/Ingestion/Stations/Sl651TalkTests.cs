using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

/// <summary>Messages of several packets over TCP.</summary>
public sealed class Sl651TalkTests
{
    private static readonly DateTimeOffset Now = new(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8));

    private readonly FakeClock _clock = new();
    private readonly Sl651Talk _talk;

    public Sl651TalkTests() => _talk = new Sl651Talk(new StationOptions(), _clock);

    [Theory]
    [InlineData("123", "..E")]
    [InlineData("1223", "...E")]
    [InlineData("132", ".2E")]
    [InlineData("213", "..E")]
    [InlineData("312", "12E")]
    [InlineData("1333332", ".222..E")]
    [InlineData("12331", "..EE.")]
    public void A_message_is_whole_when_all_its_packets_are_there(string order, string answers)
    {
        var taken = order.Select(number => Say(Packet(number - '0'))).ToList();
        Assert.Equal(answers, string.Concat(taken.Select(t => t.Answer)));
        Assert.Equal([.. Packet(1), .. Packet(2), .. Packet(3)], taken.SelectMany(t => t.Parts).Single());
    }

    [Fact]
    public void A_missing_packet_is_asked_for_by_its_number_and_the_first_ones_serial()
    {
        _talk.Take(Packet(1));
        Assert.Null(_talk.Answer(Packet(1), true, Now.ToUnixTimeMilliseconds()));
        _talk.Take(Packet(3));
        var asked = _talk.Answer(Packet(3), true, Now.ToUnixTimeMilliseconds())!;
        Assert.StartsWith("7E7E0012345678010000" + "36800B16" + "003002" + "0007230907180000" + "15", Convert.ToHexString(asked));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(asked, out var frame));
        Assert.Equal((true, 3, 2, Sl651Mark.Nak), (frame.IsDown, frame.PacketTotal, frame.PacketIndex, frame.End));
        _talk.Take(Packet(2));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(_talk.Answer(Packet(2), true, Now.ToUnixTimeMilliseconds()), out var end));
        Assert.Equal((Sl651Mark.Eot, (ushort)7), (end.End, end.Serial));
    }

    [Fact]
    public void Packets_of_two_messages_are_not_mixed_and_what_is_left_behind_is_told()
    {
        Say(Packet(1));
        Say(Packet(2));
        Assert.Equal([.. Packet(1), .. Packet(2)], _talk.Take(Packet(1, serial: 8)).Abandoned!);
        Assert.Null(_talk.Take(Packet(2)).Abandoned);
        Assert.Equal([.. Packet(1, serial: 8), .. Packet(2), .. Packet(3)], Say(Packet(3)).Parts.Single());
        // Of a message that is whole nothing is left behind.
        Assert.Null(_talk.Take(Packet(1, serial: 9)).Abandoned);
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotNull(_talk.Take(Packet(2)).Abandoned);
    }

    private (string Answer, List<byte[]> Parts) Say(byte[] packet)
    {
        var message = _talk.Take(packet);
        Assert.Equal((FrameFault.None, "0012345678"), (message.Fault, message.Address));
        var answer = _talk.Answer(packet, true, Now.ToUnixTimeMilliseconds());
        var parts = message.Parts.Select(p => p.Payload).ToList();
        if (answer is null) return (".", parts);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(answer, out var frame));
        return (frame.End == Sl651Mark.Nak ? $"{frame.PacketIndex}" : "E", parts);
    }

    private static byte[] Packet(int index, byte serial = 7)
    {
        var buffer = new byte[64];
        byte[] body = index == 1 ? [0, serial, 0x23, 9, 7, 0x18, 0, 0] : [.. Enumerable.Repeat((byte)index, 10)];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, Sl651Function.Picture, false, body, index == 3 ? Sl651Mark.Etx : Sl651Mark.Etb, 3, index)];
    }
}
