using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SameMomentTests
{
    /// <summary>A device whose clock runs ahead sends an hour at once: all its readings count as received now.</summary>
    [Fact]
    public void An_alarm_that_comes_goes_and_comes_within_a_millisecond_stands()
    {
        var alarm = new Watched(SensorKind.Smoke);
        double[] values = [1, 0, 1, 0, 1];
        for (var i = 0; i < values.Length; i++) alarm.Receive(3600 + i, 0, i, ("alarm", values[i]));

        var watch = new RuleWatch("smoke-alarm");
        foreach (var change in alarm.Changes.Where(c => c.Rule == "smoke-alarm"))
            watch = AlertLifecycle.Step(watch, new AlertCommand.Observe(new AlertSubject("t-01", "", "", "", 0, 0), change), DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1)).Watch;

        Assert.Equal(5, alarm.Changes.Count(c => c.Rule == "smoke-alarm"));
        Assert.Null(Assert.IsType<Alert>(watch.Open).ClearedAt);
    }
}
