using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Tests.Http;
using LuohuIOC.Wall;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class CityTests
{
    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();
    private readonly AlertBoard _alerts = new();
    private readonly FakeClock _clock = new();

    [Fact]
    public void Counts_sensors_that_report_and_alerts_that_wait()
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        _latest.Set(_registry.AutoRegister("a", "gw").Number, new LatestReading(now, [50], default));
        _latest.Set(_registry.AutoRegister("b", "gw").Number, new LatestReading(now - 365L * 86_400_000, [50], default));
        _registry.AutoRegister("c", "gw");
        Raise("a", Severity.Red);
        Raise("b", Severity.Blue);
        var counts = new City(_registry, _latest, _alerts, _clock).Snapshot("zh-CN").Counts;
        Assert.Equal(new CityCounts(3, 1, now, 2, 2, Red: 1, Orange: 0, Yellow: 0, Blue: 1), counts);
    }

    [Fact]
    public void Readings_may_be_a_moment_old_but_alerts_never_are()
    {
        var city = new City(_registry, _latest, _alerts, _clock);
        city.Snapshot("zh-CN");
        _latest.Set(_registry.AutoRegister("a", "gw").Number, new LatestReading(1, [50], default));
        Raise("a", Severity.Red);
        var soon = city.Snapshot("zh-CN");
        Assert.Single(soon.Alerts);
        Assert.Empty(soon.Readings);
        _clock.Advance(City.ReadingsFor);
        Assert.Single(city.Snapshot("zh-CN").Readings);
    }

    private void Raise(string sensor, Severity severity)
    {
        var observe = new AlertCommand.Observe(Alerts.Some.Subject(sensor), Alerts.Some.Change(severity, 1));
        var (_, events, _) = AlertLifecycle.Step(new RuleWatch(Alerts.Some.Rule), observe, Alerts.Some.Now, TimeSpan.FromHours(24));
        _alerts.Publish(AlertView.Of(events[0].Apply(null)));
    }
}
