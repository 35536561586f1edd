using LuohuIOC.Http;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class TimeParameterTests
{
    [Theory]
    [InlineData("1732233600000", 1_732_233_600_000)]
    [InlineData("0", 0)]
    [InlineData("253402300799999", 253_402_300_799_999)]
    [InlineData("2024-11-22T08:00:00+08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00:00 08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T00:00:00Z", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22", 1_732_204_800_000)]
    [InlineData("2024-11-22T08:00:00.250+08:00", 1_732_233_600_250)]
    [InlineData("2024-11-22 08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22 08:00:00", 1_732_233_600_000)]
    [InlineData("2024-11-22 08:00 08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00 08:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00:00.250 0800", 1_732_233_600_250)]
    [InlineData("2024-11-21T19:00-05:00", 1_732_233_600_000)]
    [InlineData("2024-11-22T08:00:00.250999999+08", 1_732_233_600_250)]
    public void Reads_milliseconds_and_ISO_8601(string text, long ms)
    {
        Assert.True(TimeParameter.TryParse(text, out var read));
        Assert.Equal(ms, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData("yesterday")]
    [InlineData("2024-13-01")]
    [InlineData("08:00")]
    [InlineData("20261129")]
    [InlineData("1732233600")]
    [InlineData("20261129080000")]
    [InlineData("-1732233600000")]
    [InlineData("11/29/2026")]
    [InlineData("01/02/2026 08:00")]
    [InlineData("2026/11/29 08:00")]
    [InlineData("29 Nov 2026 08:00")]
    [InlineData("2026-11-29T08")]
    [InlineData("2026-11-29T08:00.5")]
    [InlineData("2026-11-29T25:00")]
    [InlineData("2026-11-29T08:00+15:00")]
    [InlineData("2026-11-29T08:00:00Z\n")]
    [InlineData("0001-01-01T00:00:00")]
    public void Refuses_the_rest(string text) => Assert.False(TimeParameter.TryParse(text, out _));
}
