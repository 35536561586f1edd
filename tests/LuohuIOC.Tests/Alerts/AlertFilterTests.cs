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
        Assert.Null(AlertFilter.TryParse(Query("from", from), out var filter));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), filter.FromMs);
    }

    [Theory]
    [InlineData("street", "黄贝")]
    [InlineData("street", "福田街道")]
    [InlineData("kind", "smok")]
    [InlineData("kind", "smoke,teapot")]
    [InlineData("cleared", "perhaps")]
    public void A_word_that_nobody_knows_is_no_empty_list(string name, string value) => Assert.Equal(name, AlertFilter.TryParse(Query(name, value), out _));

    [Theory]
    [InlineData("黄贝街道")]
    [InlineData("440303001")]
    public void A_street_is_its_name_or_its_code(string street)
    {
        Assert.Null(AlertFilter.TryParse(Query("street", street), out var filter));
        Assert.Equal(LuohuIOC.Spatial.StreetMap.Find(street)!.Name, filter.Street);
    }

    [Fact]
    public void Sensors_and_rules_may_be_of_the_past()
    {
        Assert.Null(AlertFilter.TryParse(Query("sensor", "gone"), out _));
        Assert.Null(AlertFilter.TryParse(Query("rule", "gone"), out _));
    }

    private static QueryCollection Query(string name, string value) => new(new Dictionary<string, StringValues> { [name] = value });
}
