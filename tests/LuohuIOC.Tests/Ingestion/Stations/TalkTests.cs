using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Stations;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class TalkTests
{
    private static readonly long Now = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(false, false, Sl651Mark.Eot, 25)]
    [InlineData(true, false, Sl651Mark.Esc, 25)]
    [InlineData(false, true, Sl651Mark.Esc, 25 + 32)]
    public void A_report_is_answered_by_end_or_stay_and_a_clock_far_off_is_set(bool stay, bool setClock, byte end, int bytes)
    {
        var talk = new Sl651Talk(new StationOptions { StayOnline = stay, SetClock = setClock }, TimeProvider.System);
        var report = Frame(Sl651Function.Timed, Now - 3_600_000);
        Assert.NotNull(talk.Take(report));
        var answer = talk.Answer(report, true, Now)!;
        Assert.Equal(bytes, answer.Length);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(answer, out var frame));
        Assert.Equal((end, (ushort)7), (frame.End, frame.Serial));
        if (!setClock) return;
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(answer.AsSpan(frame.Bytes), out var clock));
        Assert.Equal(Sl651Function.SetClock, clock.Function);
        Assert.Null(talk.Answer(Frame(Sl651Function.SetClock, Now), true, Now));
    }

    /// <summary>ETB on a report of one packet: more reports follow, so that the station is told to go on, and its clock waits.</summary>
    [Fact]
    public void A_report_behind_which_more_follow_is_answered_by_go_on()
    {
        var talk = new Sl651Talk(new StationOptions { SetClock = true }, TimeProvider.System);
        var report = Frame(Sl651Function.Timed, Now - 3_600_000, Sl651Mark.Etb);
        Assert.NotNull(talk.Take(report));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(talk.Answer(report, true, Now), out var frame));
        Assert.Equal((Sl651Mark.Ack, (ushort)7), (frame.End, frame.Serial));
    }

    [Fact]
    public void A_heartbeat_and_a_bad_frame_are_not_answered()
    {
        var talk = new Sl651Talk(new StationOptions(), TimeProvider.System);
        Assert.Null(talk.Answer(Frame(Sl651Function.Heartbeat, Now), true, Now));
        Assert.Null(talk.Answer(Frame(Sl651Function.Timed, Now), false, Now));
    }

    [Fact]
    public void A_unit_of_two_components_is_stored_for_each_and_denied_when_it_is_short()
    {
        var unit = new byte[94];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, 0x11, Gb26875State.Fire, "", Now);
        unit.AsSpan(2, 46).CopyTo(unit.AsSpan(48));
        (unit[1], unit[51]) = (2, 0x22);
        var frame = Sent(unit);
        var talk = new Gb26875Talk();
        var message = talk.Take(frame)!;
        Assert.Equal(["00000000000A/00000011", "00000000000A/00000022"], message.Parts.Select(p => p.Address));
        foreach (var part in message.Parts)
        {
            Assert.Equal(FrameFault.None, Gb26875Frame.TryParse(part.Payload, out var alone, out var length));
            Assert.Equal((part.Payload.Length, 1, (ushort)5), (length, alone.Count, alone.Serial));
        }
        Assert.Equal((byte)Gb26875Command.Confirm, talk.Answer(frame, true, Now)![26]);

        var shortened = Sent(unit.AsSpan(0, 90));
        Assert.Equal(FrameFault.Body, talk.Take(shortened)!.Fault);
        Assert.Equal((byte)Gb26875Command.Deny, talk.Answer(shortened, false, Now)![26]);
    }

    private static byte[] Sent(ReadOnlySpan<byte> unit)
    {
        var frame = new byte[256];
        return frame[..Gb26875Writer.Frame(frame, 5, 1, Now, 10, 11, Gb26875Command.Send, unit)];
    }

    private static byte[] Frame(byte function, long sentMs, byte end = Sl651Mark.Etx)
    {
        var body = new byte[Sl651Frame.HeadingBytes];
        Sl651Writer.Heading(body, 7, sentMs);
        var buffer = new byte[64];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, function, false, body, end)];
    }
}
