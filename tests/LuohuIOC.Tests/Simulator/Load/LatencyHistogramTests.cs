using CsCheck;
using LuohuIOC.Simulator.Load;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_bucket_of_the_exact_ones() =>
        Gen.Select(Gen.Long[0, 600_000_000].Array[1, 200], Gen.Double[0.01, 1]).Sample((ticks, share) =>
        {
            var histogram = new LatencyHistogram();
            foreach (var tick in ticks) histogram.Add(TimeSpan.FromTicks(tick));
            var exact = ticks.Order().ElementAt((int)Math.Ceiling(share * ticks.Length) - 1);
            var percentile = histogram.Percentile(share).Ticks;
            Assert.InRange(percentile, exact, exact + (exact / 30) + 1);
        });

    [Fact]
    public void Histograms_add_up()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        one.Add(TimeSpan.FromMilliseconds(1));
        other.Add(TimeSpan.FromMilliseconds(9));
        one.Add(other);
        Assert.Equal(2, one.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(9), one.Largest);
        Assert.Equal(TimeSpan.FromMilliseconds(9), one.Percentile(1));
        Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.99));
    }
}
