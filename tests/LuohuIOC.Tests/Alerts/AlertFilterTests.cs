using LuohuIOC.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertFilterTests
{
    /// <summary>As for readings: an officer's midnight is Shanghai's.</summary>
    [Theory]
    [InlineData("2024-11-22", "2024-11-21T16:00:00Z")]
    [InlineData("2024-11-22T08:00:00", "2024-11-22T00:00:00Z")]
    [InlineData("2024-11-22T08:00:00Z", "2024-11-22T08:00:00Z")]
    [InlineData("1732262400000", "2024-11-22T08:00:00Z")]
    public void A_time_without_an_offset_is_Shanghais(string from, string expected)
    {
        Assert.Null(AlertFilter.TryParse(new QueryCollection(new Dictionary<string, StringValues> { ["from"] = from }), out var filter));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), filter.FromMs);
    }
}
