using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>SL 651 ASCII: what stands for a value and is no number is told, as in HEX frames.</summary>
public sealed class AsciiValueTests
{
    [Theory]
    [InlineData("Z 1,234", true)]
    [InlineData("Z M", true)]
    [InlineData("Z NaN", true)]
    [InlineData("Z 1.2.3", true)]
    [InlineData("Z -", true)]
    [InlineData("Z FFFFFFF", false)]
    [InlineData("Z ffff", false)]
    [InlineData("Z AAAA", false)]
    [InlineData("Z 9999.999", false)]
    // No metric of an outfall.
    [InlineData("PJ 1,5", false)]
    public void A_value_that_is_no_number_is_told_and_the_others_stay(string element, bool isTold) =>
        Assert.Equal(isTold ? [$"{Evening} seq=12 flow=12.345", "value_not_a_number 39"] : [$"{Evening} seq=12 flow=12.345"], Read(SensorKind.Outfall, $"{element} Q 12.345 "));

    [Fact]
    public void One_of_several_steps_may_be_no_number() =>
        Assert.Equal(
            [$"{Evening} seq=12 level=14.1", $"{Evening + 600_000} seq=12 level=14.3", "value_not_a_number 39"],
            Read(SensorKind.River, "DRN05 Z 14.1 14,2 14.3 "));

    [Theory]
    [InlineData("DRP 05FFFFFFFFFFFFFFFFFFFFFF", false)]
    [InlineData("DRP 05XXFFFFFFFFFFFFFFFFFFFF", true)]
    [InlineData("DRP 05FFFFFFFFFFFFFFFFFFFFF", true)]
    public void A_rain_of_an_hour_that_is_no_number_is_told(string element, bool isTold) =>
        Assert.Equal(
            isTold ? [$"{Evening} seq=none rain=0.5", "value_not_a_number F4"] : [$"{Evening} seq=none rain=0.5"], Read(SensorKind.RainGauge, $"{element} VT 12.2 "));

    [Theory]
    [InlineData("DRN00 Z 14.1 14.2 14.3 ")]
    [InlineData("DRNXX Z 14.1 14.2 14.3 ")]
    public void A_time_step_that_is_none_leaves_no_time_for_its_values(string elements) => Assert.Equal(["frame_invalid"], Read(SensorKind.River, elements));

    private static List<string> Read(SensorKind kind, string elements)
    {
        var frame = new byte[256];
        var body = Encoding.ASCII.GetBytes("000C230907180003ST 0012345678 H TT 2309071800 " + elements);
        return Decode(PayloadForm.Sl651, kind, frame[..Sl651Writer.Ascii(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, body, Sl651Mark.Etx)]);
    }
}
