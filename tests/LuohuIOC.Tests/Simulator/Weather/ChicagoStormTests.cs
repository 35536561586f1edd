using LuohuIOC.Simulator.Weather;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Weather;

public sealed class ChicagoStormTests
{
    [Fact]
    public void Fifty_years_and_two_hours_are_140_mm()
    {
        // 8.701·(1 + 0.594·1.69897) / 131.13^0.555 = 17.482 / 14.974 = 1.1675 mm/min, times 120.
        Assert.Equal(140.1, RainstormFormula.Depth(50, 120), 0.1);
        Assert.Equal(140.1, new ChicagoStorm(50, TimeSpan.FromHours(2), 0.4).Cumulative(TimeSpan.FromHours(2)), 0.1);
    }

    [Theory]
    [InlineData(1, 60, 0.3)]
    [InlineData(5, 120, 0.4)]
    [InlineData(50, 120, 0.4)]
    [InlineData(100, 1440, 0.5)]
    public void The_intensity_integrates_to_the_design_depth(double years, double minutes, double ratio)
    {
        var storm = new ChicagoStorm(years, TimeSpan.FromMinutes(minutes), ratio);
        // Trapezoids of a second, split at the peak where the slope turns.
        double Integral(double from, double to)
        {
            var steps = (int)Math.Ceiling((to - from) * 60);
            var width = (to - from) / steps;
            return Enumerable.Range(0, steps).Sum(i => width / 2
                * (storm.Intensity(TimeSpan.FromMinutes(from + (i * width))) + storm.Intensity(TimeSpan.FromMinutes(from + ((i + 1) * width)))));
        }
        var peak = storm.Peak.TotalMinutes;
        var integral = Integral(0, peak) + Integral(peak, minutes);
        Assert.Equal(RainstormFormula.Depth(years, minutes), integral, integral * 1e-4);
        Assert.Equal(integral, storm.Cumulative(storm.Duration), integral * 1e-4);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(90)]
    public void Every_duration_about_the_peak_has_the_depth_of_the_formula(double minutes)
    {
        var storm = new ChicagoStorm(20, TimeSpan.FromHours(2), 0.4);
        var from = storm.Peak - TimeSpan.FromMinutes(0.4 * minutes);
        var depth = storm.Cumulative(from + TimeSpan.FromMinutes(minutes)) - storm.Cumulative(from);
        Assert.Equal(RainstormFormula.Depth(20, minutes), depth, 1e-6);
    }

    [Fact]
    public void The_strongest_minute_is_at_the_peak()
    {
        var storm = new ChicagoStorm(50, TimeSpan.FromHours(2), 0.4);
        var strongest = Enumerable.Range(0, 121).MaxBy(m => storm.Intensity(TimeSpan.FromMinutes(m)));
        Assert.Equal(48, strongest);
        Assert.Equal(0, storm.Intensity(TimeSpan.FromMinutes(121)));
    }

    [Theory]
    [InlineData(0, 120, 0.4)]
    [InlineData(50, 0, 0.4)]
    [InlineData(50, 120, 1)]
    public void What_is_no_storm_is_refused(double years, double minutes, double ratio) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChicagoStorm(years, TimeSpan.FromMinutes(minutes), ratio));
}
