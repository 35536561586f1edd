using CsCheck;
using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class DryRangeTests
{
    private const long Minute = 60_000;

    /// <summary>Days of readings between a low and a high, as the tide makes them.</summary>
    private static DryRange Tidal(double low, double high, int days)
    {
        var range = new DryRange();
        for (var t = 0; t <= days * 1440; t++) range.Observe(Minute + (t * Minute), low + ((high - low) * (0.5 + (0.5 * Math.Sin(t * 2 * Math.PI / 745)))));
        return range;
    }

    [Fact]
    public void Nothing_is_below_before_a_day_of_dry_weather()
    {
        var range = new DryRange();
        for (var t = 1; t < 1440; t++) range.Observe(t * Minute, 1);
        Assert.False(range.IsKnown);
        Assert.False(range.IsBelow(-100));
    }

    [Fact]
    public void What_dry_weather_reads_is_never_below_it() => Gen.Select(Gen.Double[-5, 5], Gen.Double[0.01, 3], Gen.Int[2, 20]).Sample((low, width, days) =>
    {
        var range = Tidal(low, low + width, days);
        return !range.IsBelow(low) && !range.IsBelow(low + width) && range.IsBelow(low - (0.6 * width));
    });

    [Fact]
    public void A_new_lower_state_becomes_ordinary_and_an_old_one_is_forgotten()
    {
        var range = Tidal(1, 2, 5);
        Assert.True(range.IsBelow(0.5));
        for (var t = 0; t < 40 * 1440; t++) range.Observe((10 * 1440 * Minute) + (t * Minute), 3 + (0.1 * (t % 2)));
        Assert.True(range.IsBelow(1.5));
    }

    [Fact]
    public void What_was_stored_means_the_same()
    {
        var range = Tidal(1, 2, 3);
        var again = new DryRange();
        again.Restore(range.Snapshot());
        Assert.Equal((range.Low, range.High, range.IsKnown), (again.Low, again.High, again.IsKnown));
        again.Restore([double.NaN, 1, 2, 3]);
        again.Restore([1, 2]);
        Assert.Equal(range.Snapshot(), again.Snapshot());
    }
}
