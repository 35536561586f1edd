using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

public sealed class Sl651WriterTests
{
    private static readonly long Now = new DateTimeOffset(2014, 12, 5, 9, 43, 57, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Theory]
    // A heartbeat and an ASCII report of the vectors, and what a centre answers: address and direction turned about.
    [InlineData("7E7E020012345678000A2F000802000C14120509435703FB2D", "7E7E001234567802000A2F800802000C14120509435704")]
    [InlineData("01303230303132333435363738303444323332303035300230303132313431323035313130303032535420303031323334353637382048205454203134313230353131303020504A2031302E302050542031302E30205A2031342E3432302056542031322E3230200344453443", "01303031323334353637383032303444323332383031300230303132313431323035303934333537")]
    public void An_acknowledgement_carries_the_serial_back(string uplink, string expected)
    {
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(Convert.FromHexString(uplink), out var frame));
        var buffer = new byte[Sl651Frame.BytesMax];
        var length = Sl651Writer.Acknowledge(buffer, frame, Now, Sl651Mark.Eot);
        Assert.StartsWith(expected, Convert.ToHexString(buffer, 0, length));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(buffer.AsSpan(0, length), out var answer));
        Assert.True(answer.IsDown);
        Assert.Equal((frame.Station, frame.Center, frame.Serial, frame.Function, Sl651Mark.Eot), (answer.Station, answer.Center, answer.Serial, answer.Function, answer.End));
        Assert.Equal(length, answer.Bytes);
    }

    [Fact]
    public void A_clock_is_set_by_its_send_time()
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        var length = Sl651Writer.SetClock(buffer, 5, 0x0011223344, 0x03E8, 0x25, Now);
        Assert.StartsWith("7E7E001122334405" + "03E84A" + "800F" + "02" + "0025141205094357" + "F1F10011223344" + "05", Convert.ToHexString(buffer, 0, length));
    }

    [Fact]
    public void A_period_is_asked_for_by_hours_step_and_element()
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        var length = Sl651Writer.QueryPeriod(buffer, 5, 0x0011223344, 0x03E8, 0x35, Now, Now - 3_600_000, Now, 5, 0x39, 0x23);
        Assert.Contains("F1F10011223344" + "14120508" + "14120509" + "0418000005" + "3923" + "05", Convert.ToHexString(buffer, 0, length));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(buffer.AsSpan(0, length), out var frame));
        Assert.Equal((Sl651Function.QueryPeriod, true), (frame.Function, frame.IsDown));
    }

    [Theory]
    [InlineData(0.127, "392300000127")]
    [InlineData(-0.25, "3923FF000250")]
    [InlineData(null, "3923FFFFFFFF")]
    [InlineData(1e9, "3923FFFFFFFF")]
    public void Elements_are_written_as_they_are_read(double? value, string expected)
    {
        var buffer = new byte[6];
        Assert.Equal(6, Sl651Writer.Element(buffer, 0x39, 4, 3, value));
        Assert.Equal(expected, Convert.ToHexString(buffer));
    }
}
