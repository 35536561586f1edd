using System.Text;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

/// <summary>ASCII bodies with steps, and bodies whose serial or send time is not what it should be.</summary>
public sealed class Sl651HeadingTests
{
    private static readonly long Evening = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("DRN05 Z 14.1 14.2 14.3 14.4 14.5 ", "Z+0=14.1 Z+5=14.2 Z+10=14.3 Z+15=14.4 Z+20=14.5")]
    [InlineData("DRN05 PJ Z 1.0 14.1 2.0 FFFF 3.0 14.3 VT 12.2 ", "PJ+0=1 Z+0=14.1 PJ+5=2 PJ+10=3 Z+10=14.3 VT+0=12.2")]
    [InlineData("DRN05 Z 14.1 14.2 14.3 14.4 ", "Z+0=14.1 Z+5=14.2 Z+10=14.3 Z+15=14.4")]
    [InlineData("DRH01 Z 14.1 FFFF -14.3 VT 12.2 ", "Z+0=14.1 Z+120=-14.3 VT+0=12.2")]
    [InlineData("DRD01 PD 1 2 TT 2309071805 Z 3 ", "PD+0=1 PD+1440=2 Z+5=3")]
    [InlineData("Z 14.1 VT 12.2 ", "Z+0=14.1 VT+0=12.2")]
    public void Values_behind_an_ascii_step_are_spread_over_their_times(string items, string expected)
    {
        var sink = new Sl651SeriesTests.Values();
        var frame = new byte[512];
        var length = Sl651Writer.Ascii(
            frame, 1, 0x0012345678, 0, Sl651Function.Uniform, false, Encoding.ASCII.GetBytes("000C230907180003" + "ST 0012345678 H TT 2309071800 " + items), Sl651Mark.Etx);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(frame.AsSpan(0, length), out var parsed));
        Assert.Equal(FrameFault.None, Sl651Readings.Read(parsed, parsed.Content, ref sink));
        Assert.Equal(expected, string.Join(' ', sink.All.Select(v => FormattableString.Invariant($"{Sl651Elements.Of(v.Element)!.Ascii}+{(v.At - Evening) / 60_000}={v.Value}"))));
    }

    [Theory]
    [InlineData("000C000000000000" + "F1F1001234567848" + "F0F02309071800" + "392300001250", 1)]
    [InlineData("000C000000000000" + "F1F1001234567848" + "392300001250", null)]
    [InlineData("000C000000000000", 0)]
    [InlineData("000C23", null)]
    public void A_send_time_that_is_none_matters_only_where_nothing_else_dates_a_value(string body, int? values)
    {
        var sink = new Sl651SeriesTests.Values();
        var frame = new byte[64];
        var length = Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, Convert.FromHexString(body), Sl651Mark.Etx);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(frame.AsSpan(0, length), out var parsed));
        Assert.Equal(values is null ? FrameFault.Body : FrameFault.None, Sl651Readings.Read(parsed, parsed.Content, ref sink));
        if (values is not null) Assert.Equal(Enumerable.Repeat(Evening, values.Value), sink.All.Select(v => v.At));
    }
}
