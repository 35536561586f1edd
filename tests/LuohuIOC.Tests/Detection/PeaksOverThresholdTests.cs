using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class PeaksOverThresholdTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_exponential_tail_is_crossed_about_as_often_as_the_budget_allows(int seed)
    {
        // 100 independent scores a day: the level crossed once in ten days is ln(1000) = 6.9.
        var random = new Random(seed);
        var held = Enumerable.Range(0, 3000).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
        Assert.InRange(PeaksOverThreshold.Level(held, days: 30, perDay: 0.1, apart: 1), 5.9, 11);
    }

    [Fact]
    public void One_fault_in_a_long_history_does_not_lift_the_level()
    {
        var random = new Random(4);
        var held = Enumerable.Range(0, 3000).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
        var without = PeaksOverThreshold.Level(held, 30, 0.1, 1);
        for (var i = 1000; i < 1050; i++) held[i] = 500;
        Assert.InRange(PeaksOverThreshold.Level(held, 30, 0.1, 1), without - 1, without + 2);
    }

    [Fact]
    public void A_history_shorter_than_the_budget_puts_the_level_above_all_it_saw()
    {
        var random = new Random(5);
        var held = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
        Assert.True(PeaksOverThreshold.Level(held, days: 3, perDay: 0.1, apart: 1) >= held.Max());
    }
}
