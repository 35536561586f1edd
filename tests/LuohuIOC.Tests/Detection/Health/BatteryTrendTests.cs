using CsCheck;
using LuohuIOC.Detection.Health;
using Xunit;

namespace LuohuIOC.Tests.Detection.Health;

public sealed class BatteryTrendTests
{
    private const long Day = 86_400_000;
    private const long Start = 1_735_660_800_000;

    [Fact]
    public void A_straight_line_is_found_and_its_end_foretold() => Gen.Select(Gen.Double[-5, -0.1], Gen.Double[60, 100]).Sample((slope, charge) =>
    {
        var battery = new BatteryTrend();
        for (var i = 0; i <= 40; i++) battery.Observe(Start + (i * Day / 10), charge + (slope * i / 10));
        return Math.Abs(battery.SlopePerDay - slope) < 1e-6 && Math.Abs(battery.DaysTo(10) - ((charge + (slope * 4) - 10) / -slope)) < 1e-4 * battery.DaysTo(10);
    });

    // Two points apart at most: the line's end may lie outside of its readings, and a reading ten above it is a new battery.
    [Fact]
    public void It_is_the_weighted_line_of_all_readings() => Gen.Select(Gen.Double[0, 2], Gen.Int[1, 300]).Array[5, 60].Sample(steps =>
    {
        var battery = new BatteryTrend();
        var readings = new List<(double Days, double Charge)>();
        var minutes = 0L;
        foreach (var (charge, after) in steps)
        {
            minutes += after;
            readings.Add((minutes / 1440.0, 50 + charge));
            battery.Observe(Start + (minutes * 60_000), 50 + charge);
        }
        if (double.IsNaN(battery.SlopePerDay)) return true;
        var now = readings[^1].Days;
        var weights = readings.Select(r => Math.Exp((r.Days - now) / 14)).ToArray();
        var (days, charges) = (readings.Zip(weights).Sum(r => r.First.Days * r.Second) / weights.Sum(), readings.Zip(weights).Sum(r => r.First.Charge * r.Second) / weights.Sum());
        var slope = readings.Zip(weights).Sum(r => r.Second * (r.First.Days - days) * (r.First.Charge - charges))
            / readings.Zip(weights).Sum(r => r.Second * (r.First.Days - days) * (r.First.Days - days));
        return Math.Abs(slope - battery.SlopePerDay) < 1e-6 * Math.Max(1, Math.Abs(slope));
    });

    [Fact]
    public void A_new_battery_begins_a_new_line_and_a_full_one_never_ends()
    {
        var battery = new BatteryTrend();
        for (var i = 0; i < 50; i++) battery.Observe(Start + (i * Day / 10), 30 - (i * 0.3));
        Assert.InRange(battery.DaysTo(10), 1, 3);
        battery.Observe(Start + (6 * Day), 100);
        Assert.Equal(double.NaN, battery.DaysTo(10));
        for (var i = 0; i < 50; i++) battery.Observe(Start + (7 * Day) + (i * Day / 10), 100);
        Assert.Equal(double.PositiveInfinity, battery.DaysTo(10));
    }

    [Fact]
    public void What_was_stored_means_the_same()
    {
        var battery = new BatteryTrend();
        for (var i = 0; i < 50; i++) battery.Observe(Start + (i * Day / 10), 80 - i);
        var again = new BatteryTrend();
        Assert.True(again.Restore(battery.Snapshot()));
        Assert.False(again.Restore([1, 2]));
        Assert.Equal(battery.DaysTo(10), again.DaysTo(10));
    }
}
