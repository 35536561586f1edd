using System.Globalization;
using LuohuIOC.History.Queries;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

public sealed class EveryTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("2w", 1_209_600_000)]
    [InlineData("PT5M", 300_000)]
    [InlineData("P1DT12H", 129_600_000)]
    [InlineData("PT90S", 90_000)]
    [InlineData("P1W", 604_800_000)]
    public void Reads_intervals(string text, long ms)
    {
        Assert.True(Every.TryParse(text, out var read));
        Assert.Equal(ms, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0s")]
    [InlineData("5")]
    [InlineData("-5m")]
    [InlineData("P")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("PT0.5S")]
    [InlineData("367d")]
    [InlineData("999999999w")]
    [InlineData("5 m")]
    [InlineData("1d;DROP TABLE state")]
    public void Refuses_the_rest(string text) => Assert.False(Every.TryParse(text, out _));

    [Fact]
    public void A_day_begins_at_midnight_in_Shanghai()
    {
        var eight = new DateTimeOffset(2024, 11, 22, 8, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        var midnight = new DateTimeOffset(2024, 11, 22, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        Assert.Equal(midnight, Every.MidnightMs(eight));
        Assert.Equal(midnight, Every.MidnightMs(midnight));
        Assert.Equal(midnight - 86_400_000, Every.MidnightMs(midnight - 1));
    }

    [Theory]
    [InlineData("1w", "2024-11-18")]
    [InlineData("7d", "2024-11-18")]
    [InlineData("1d", "2024-11-22")]
    public void A_week_begins_on_Monday(string every, string day)
    {
        Assert.True(Every.TryParse(every, out var ms));
        var friday = new DateTimeOffset(2024, 11, 22, 8, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        Assert.Equal(DateTimeOffset.Parse(day + "T00:00+08:00", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), Every.BucketMs(friday, ms));
    }
}
