using CsCheck;
using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class RainMinutesTests
{
    private const long MinuteMs = 1000;
    private const int Minutes = 80;

    [Fact]
    public void In_whatever_order_readings_come_the_minutes_are_those_of_the_slow_reference() =>
        Gen.Select(Gen.Select(Gen.Long[1, Minutes * MinuteMs], Gen.Int[-25, 50]).Array[0, 60], Gen.Int[0, int.MaxValue], Gen.Int[0, 30]).Sample((made, seed, first) =>
        {
            (long TimeMs, double Mm)[] readings = [.. made.DistinctBy(r => r.Item1).Select(r => (r.Item1, Math.Max(0, r.Item2) / 10.0))];
            var gauge = new RainMinutes(MinuteMs);
            foreach (var (timeMs, mm) in LevelMinutesTests.Shuffled(readings, seed)) gauge.Observe(timeMs, 0, mm);
            foreach (var (timeMs, mm) in readings.Take(5)) gauge.Observe(timeMs, 0, mm);
            var minutes = new float[Minutes];
            gauge.Fill(first, minutes);
            var expected = Reference([.. readings.OrderBy(r => r.TimeMs)]);
            for (var i = 0; i < Minutes; i++)
                if (expected.TryGetValue(first + i, out var mm)) Assert.Equal(mm, minutes[i], 4);
                else Assert.True(float.IsNaN(minutes[i]), $"minute {first + i} has {minutes[i]}");
        });

    [Fact]
    public void A_gauge_that_speaks_every_five_minutes_is_never_silent_and_loses_nothing()
    {
        var gauge = new RainMinutes(60_000);
        for (var t = 1; t <= 10; t++) gauge.Observe(t * 300_000, 0, 2);
        var minutes = new float[45];
        gauge.Fill(6, minutes);
        Assert.All(minutes, mm => Assert.Equal(0.4f, mm, 5));
    }

    [Fact]
    public void What_fell_in_a_long_silence_is_not_spread_over_it()
    {
        var gauge = new RainMinutes(60_000);
        gauge.Observe(0, 0, 0);
        gauge.Observe(60 * 60_000, 0, 30);
        var minutes = new float[61];
        gauge.Fill(0, minutes);
        Assert.Equal(30, minutes[60]);
        Assert.All(minutes[1..60], mm => Assert.True(float.IsNaN(mm)));
    }

    [Fact]
    public void The_oldest_readings_are_forgotten()
    {
        var gauge = new RainMinutes(60_000);
        for (var i = RainMinutes.ReadingsMax + 10; i > 0; i--) gauge.Observe(i * 60_000L, 0, 1);
        var minutes = new float[11];
        gauge.Fill(1, minutes);
        Assert.All(minutes[..10], mm => Assert.True(float.IsNaN(mm)));
        Assert.Equal(1, minutes[10]);
    }

    // Each reading by itself: since the reading before it, or its own minute.
    private static Dictionary<long, double> Reference((long TimeMs, double Mm)[] readings)
    {
        var fallen = new Dictionary<long, double>();
        for (var r = 0; r < readings.Length; r++)
        {
            var own = readings[r].TimeMs / MinuteMs;
            List<long> covered = [own];
            if (r > 0 && readings[r - 1].TimeMs / MinuteMs is var before && own - before <= (readings[r].Mm > 0 ? RainMinutes.SpreadMinutesMax : RainMinutes.DryMinutesMax))
                for (var minute = before + 1; minute < own; minute++) covered.Add(minute);
            foreach (var minute in covered) fallen[minute] = fallen.GetValueOrDefault(minute) + (readings[r].Mm / covered.Count);
        }
        return fallen;
    }
}
