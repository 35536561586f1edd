using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

/// <summary>Gauges that speak seldom: that none fell is known of all the time between, rain is not.</summary>
public sealed class RainMinutesDryTests
{
    private const long MinuteMs = 60_000;
    private readonly RainMinutes _gauge = new(MinuteMs);

    [Fact]
    public void An_hour_without_a_drop_is_dry_in_all_its_minutes()
    {
        Speak(0, 0);
        Speak(60, 0);
        Assert.All(Minutes(61), mm => Assert.Equal(0, mm));
    }

    [Fact]
    public void After_a_longer_silence_than_a_gauge_may_keep_nothing_is_known()
    {
        Assert.Equal(RainMinutes.DryMinutesMax, KindCatalogue.Of(SensorKind.RainGauge).Silence.TotalMinutes);
        Speak(0, 0);
        Speak(RainMinutes.DryMinutesMax + 1, 0);
        Assert.All(Minutes(RainMinutes.DryMinutesMax + 1)[1..], mm => Assert.True(float.IsNaN(mm)));
    }

    [Fact]
    public void Rain_after_a_long_silence_is_untimed_for_an_hour()
    {
        Speak(0, 0);
        Speak(60, 12);
        Assert.Equal([false, true, true, false], new[] { 59, 60, 119, 120 }.Select(m => _gauge.HasUntimedRainAt(m)));
        Speak(61, 3);
        Assert.True(_gauge.HasUntimedRainAt(61));
        Speak(120, 0);
        Assert.False(_gauge.HasUntimedRainAt(121));
    }

    [Fact]
    public void The_pace_is_that_of_the_last_two_readings()
    {
        Assert.Equal(GaugePace.Silent, _gauge.PaceAt(0));
        Speak(10, 0);
        // It may speak every minute.
        Assert.Equal([GaugePace.Often, GaugePace.Often, GaugePace.Seldom, GaugePace.Silent], new[] { 12, 20, 40, 131 }.Select(m => _gauge.PaceAt(m)));
        Speak(70, 0);
        Assert.Equal([GaugePace.Seldom, GaugePace.Seldom], new[] { 70, 129 }.Select(m => _gauge.PaceAt(m)));
        Speak(71, 0);
        Assert.Equal([GaugePace.Seldom, GaugePace.Often, GaugePace.Silent], new[] { 70, 78, 79 }.Select(m => _gauge.PaceAt(m)));
    }

    [Fact]
    public void Readings_of_one_time_are_told_apart_by_their_sequence()
    {
        for (var again = 0; again < 2; again++)
            for (var sequence = 0; sequence < 5; sequence++) _gauge.Observe(3 * MinuteMs, sequence, 3);
        Assert.Equal(15, Minutes(4)[3]);
    }

    private void Speak(int minute, double mm) => _gauge.Observe(minute * MinuteMs, 0, mm);

    private float[] Minutes(int count)
    {
        var minutes = new float[count];
        _gauge.Fill(0, minutes);
        return minutes;
    }
}
