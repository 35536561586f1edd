using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Identity;
using LuohuIOC.Wall;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Registry;

/// <summary>Until its date comes, a sensor whose end is planned serves like any other; then it is noticed although no row changes.</summary>
public sealed class PlannedRetirementTests
{
    private readonly FakeClock _clock = new();
    private readonly DateTimeOffset _planned;

    public PlannedRetirementTests() => _planned = _clock.GetUtcNow().AddHours(1);

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public void A_date_ahead_does_not_count_yet_and_who_retires_the_sensor_now_brings_it_forward()
    {
        var registry = Some.Registry(Draft("a", SensorKind.Pipe, 0, _planned));
        Assert.False(registry[0].IsRetired(_clock.GetUtcNow()));
        Assert.True(registry[0].IsRetired(_planned));
        Assert.Equal(_clock.GetUtcNow(), registry.Retire("a", _clock.GetUtcNow())!.RetiredAt);
        Assert.Equal(_clock.GetUtcNow(), registry.Retire("a", _planned)!.RetiredAt);
    }

    [Fact]
    public void The_wall_counts_it_until_then()
    {
        var city = new City(Some.Registry(Draft("a", SensorKind.Pipe, 0, _planned), Draft("b", SensorKind.Pipe, 9, _clock.GetUtcNow())), new LatestBoard(), new AlertBoard(), _clock);
        Assert.Equal(1, city.Snapshot("en").Counts.Sensors);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, city.Snapshot("en").Counts.Sensors);
    }

    [Fact]
    public async Task Its_gateway_gets_a_secret()
    {
        using var identity = new TemporaryIdentity();
        using var secrets = identity.Secrets();
        using var enrolment = new GatewayEnrolment(Some.Registry(Draft("a", SensorKind.Pipe, 0, _planned)), secrets, _clock, NullLogger<GatewayEnrolment>.Instance);
        await enrolment.StartAsync(TestContext.Current.CancellationToken);
        await enrolment.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(secrets.Knows("gw-1"));
    }

    [Fact]
    public void It_is_compared_with_its_neighbours_until_then()
    {
        var peers = new HealthPeers(Some.Registry(Draft("a", SensorKind.River, 0), Draft("b", SensorKind.River, 100, _planned), Draft("c", SensorKind.River, 200)), new HealthOptions());
        var a = Draft("a", SensorKind.River, 0).Over(null, 0);
        foreach (var (hour, expected) in new (int, int[])[] { (0, [1, 2]), (1, [2]) })
        {
            peers.MoveTo(NowMs + (hour * 3_600_000));
            Assert.Equal(expected, peers.Of(a).Same);
        }
    }

    [Fact]
    public void It_is_forecast_until_then()
    {
        var registry = Some.Registry(Draft("g", SensorKind.RainGauge, 0), Draft("p", SensorKind.Pipe, 100, _planned));
        var map = new NowcastMap(registry, 9, NowMs);
        Assert.Equal((1, _planned.ToUnixTimeMilliseconds()), (map.Stations.Length, map.UntilMs));
        Assert.Empty(new NowcastMap(registry, 9, map.UntilMs).Stations);
    }

    private static SensorDraft Draft(string id, SensorKind kind, double east, DateTimeOffset? retiredAt = null) =>
        Some.Draft(id, kind, retiredAt: retiredAt) with { Place = Some.Place.Offset(east, 0) };
}
