using LuohuIOC.Simulator.Weather;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Weather;

public sealed class TideTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 7, 0, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void High_waters_are_half_a_lunar_day_apart()
    {
        var levels = Enumerable.Range(0, 30 * 24 * 12).Select(i => (At: Start.AddMinutes(5 * i), Level: Tide.Level(Start.AddMinutes(5 * i)))).ToArray();
        var highs = Enumerable.Range(1, levels.Length - 2)
            .Where(i => levels[i].Level > levels[i - 1].Level && levels[i].Level >= levels[i + 1].Level).Select(i => levels[i].At).ToArray();
        var mean = (highs[^1] - highs[0]) / (highs.Length - 1);
        Assert.InRange(mean.TotalHours, 12.2, 12.7);
        Assert.InRange(levels.Max(l => l.Level), 1.1, 1.3);
        Assert.InRange(levels.Min(l => l.Level), -0.8, -0.6);
    }

    [Fact]
    public void The_mean_over_a_spring_neap_cycle_is_the_mean_level() =>
        Assert.Equal(Tide.MeanMetres, Enumerable.Range(0, 29 * 24 * 4).Average(i => Tide.Level(Start.AddMinutes(15 * i))), 0.02);
}
