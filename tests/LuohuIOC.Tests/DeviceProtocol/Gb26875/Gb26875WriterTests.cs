using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Gb26875;

public sealed class Gb26875WriterTests
{
    private static readonly long Now = new DateTimeOffset(2021, 7, 2, 9, 0, 5, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Fact]
    public void A_confirmation_is_the_golden_one()
    {
        // A send of serial 1 the other way round is what the golden confirmation answers.
        var buffer = new byte[64];
        var sent = buffer[..Gb26875Writer.Frame(buffer, 1, 1, Now, 0x060708090a0b, 0x000102030405, Gb26875Command.Send, [Gb26875Type.GuardCheck, 1, 5])];
        Assert.Equal(FrameFault.None, Gb26875Frame.TryParse(sent, out var frame, out _));
        var answer = new byte[64];
        var length = Gb26875Writer.Reply(answer, frame, Gb26875Command.Confirm, Now);
        Assert.Equal("4040010001000500090207150504030201000B0A09080706000003732323", Convert.ToHexString(answer, 0, length));
    }

    [Theory]
    [InlineData("\u7f57\u6e56", "\u7f57\u6e56")]
    // Sixteen characters of two bytes each: the last one does not fit and is left out whole.
    [InlineData("\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u4ebf\u5146\u4eac", "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u4ebf\u5146")]
    public void A_component_comes_back_as_it_was_written(string text, string read)
    {
        Span<byte> unit = stackalloc byte[48];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, 0x000600d9, Gb26875State.Fire | Gb26875State.Normal, text, Now);
        var buffer = new byte[128];
        var length = Gb26875Writer.Frame(buffer, 7, 0x0101, Now, 1, 2, Gb26875Command.Send, unit);
        Assert.Equal(FrameFault.None, Gb26875Frame.TryParse(buffer.AsSpan(0, length), out var frame, out _));
        var objects = frame.Objects;
        Assert.True(objects.MoveNext());
        var item = objects.Current;
        Assert.Equal((1, 3, 40, 0x000600d9u, 3, read), (item.System, item.Address, item.Component, item.ComponentAddress, item.State, item.Description));
        Assert.True(item.Time.TryUnixMs(out var at));
        Assert.Equal(Now, at);
        Assert.False(objects.MoveNext());
    }

    [Fact]
    public void Negative_analogue_values_stay_negative()
    {
        Span<byte> unit = stackalloc byte[18];
        Gb26875Writer.Analogue(unit, 1, 2, 30, 9, 3, -125, Now);
        var objects = new Gb26875Objects(unit, unit[1]);
        Assert.True(objects.MoveNext());
        Assert.Equal(-12.5, Gb26875Analogue.ValueOf(objects.Current.AnalogueKind, objects.Current.AnalogueRaw));
    }
}
