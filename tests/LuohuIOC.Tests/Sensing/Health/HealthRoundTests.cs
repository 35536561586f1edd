using LuohuIOC.Detection.Health;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Health;

/// <summary>Six river sections in a row, each reading every ten minutes.</summary>
public sealed class HealthRoundTests
{
    private const int Rivers = 6;
    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();
    private readonly HealthBoard _board = new();
    private readonly HealthRound _round;
    private readonly Random _random = new(3);
    private long _ms = 1_735_660_800_000;
    private double _battery = 60;

    public HealthRoundTests()
    {
        var first = new GeoPoint(114.1, 22.55);
        _registry.Apply([.. Enumerable.Range(0, Rivers).Select(i => RainDesk.Draft($"rv-{i}", SensorKind.River, first.Offset(i * 500, 0)))]);
        _round = new HealthRound(_registry, _latest, _board, new HealthOptions());
        Days(5, _ => 0);
    }

    [Fact]
    public void A_drifting_sensor_is_told_with_its_neighbours_and_they_are_not()
    {
        Days(2, i => i == 0 ? _steps * 0.0015 : 0);
        var notice = _board.Of(0)!.Fault!;
        Assert.Equal(SensorFault.Drift, notice.Fault);
        Assert.Equal(["rv-1", "rv-2", "rv-3", "rv-4", "rv-5"], notice.Peers);
        for (var i = 1; i < Rivers; i++) Assert.Null(_board.Of(i));
    }

    /// <summary>Five centimetres a day: it must not teach its own spread that this is usual before it is far enough off to be told.</summary>
    [Fact]
    public void A_sensor_that_drifts_slowly_is_told_before_it_is_taken_for_a_restless_one()
    {
        var days = 0;
        for (; days < 12 && _board.Of(0)?.Fault is null; days++)
        {
            var before = days;
            Days(1, i => i == 0 ? ((before * 144) + _steps) * 0.05 / 144 : 0);
        }
        Assert.Equal(SensorFault.Drift, _board.Of(0)?.Fault?.Fault);
        Assert.InRange(days, 2, 10);
        for (var i = 1; i < Rivers; i++) Assert.Null(_board.Of(i));
    }

    [Fact]
    public void A_step_is_a_bias_and_a_flood_of_all_is_none()
    {
        Days(1, _ => 2);
        Assert.All(Enumerable.Range(0, Rivers), i => Assert.Null(_board.Of(i)));
        Days(2, _ => 0);
        Days(1, i => i == 2 ? -1 : 0);
        Assert.Equal(SensorFault.Bias, _board.Of(2)!.Fault!.Fault);
        Days(1, _ => 0);
        Assert.Null(_board.Of(2));
    }

    [Fact]
    public void A_sensor_mounted_anew_is_at_fault_until_it_is_told_to_learn_its_new_level()
    {
        Days(30, i => i == 2 ? -1 : 0);
        Assert.Equal(SensorFault.Bias, _board.Of(2)!.Fault!.Fault);
        Assert.True(_round.LearnAnew(_registry[2]));
        Assert.False(_round.LearnAnew(_registry[2]));
        Days(5, i => i == 2 ? -1 : 0);
        Assert.Null(_board.Of(2));
        Days(1, i => i == 2 ? -2 : 0);
        Assert.Equal(SensorFault.Bias, _board.Of(2)!.Fault!.Fault);
    }

    [Fact]
    public void What_was_told_before_a_restart_stands_on_the_board_before_any_reading_comes()
    {
        Days(1, i => i == 2 ? -1 : 0);
        var board = new HealthBoard();
        var again = new HealthRound(_registry, new LatestBoard(), board, new HealthOptions());
        foreach (var (number, health) in _round.Sensors) Assert.True(again.Of(_registry[number]).Restore(health.Snapshot()));
        again.Look(_ms);
        Assert.Equal(SensorFault.Bias, board.Of(2)!.Fault!.Fault);
    }

    [Fact]
    public void What_was_learned_survives_a_restart()
    {
        var again = new HealthRound(_registry, _latest, _board, new HealthOptions());
        foreach (var (number, health) in _round.Sensors) Assert.True(again.Of(_registry[number]).Restore(health.Snapshot()));
        Assert.True(again.Of(_registry[0]).Metrics[0].Season.IsWarm);
        Assert.False(again.Of(_registry[0]).Restore([1, 2, 3]));
    }

    [Fact]
    public void A_level_that_is_sent_no_more_is_no_news_while_the_battery_goes_on()
    {
        var (health, _) = _round.Find(_registry[0])!.Value;
        Assert.True(double.IsFinite(health.Metrics[0].Departure));
        var sentMs = _ms;
        for (var step = 0; step < 3; step++)
        {
            _ms += 600_000;
            _latest.Set(0, new LatestReading(_ms, [1.1, _battery, -80], default(QualityMark)) { Times = [sentMs, _ms, _ms] });
            _round.Look(_ms);
            Assert.True(double.IsNaN(health.Metrics[0].Departure));
        }
    }

    [Fact]
    public void A_battery_that_ends_within_two_weeks_is_told_in_time()
    {
        Assert.Null(_board.Of(0));
        for (var day = 0; day < 10; day++)
        {
            _battery -= 4;
            Days(1, _ => 0);
        }
        Assert.InRange(_board.Of(0)!.Battery!.Days, 1, 14);
    }

    private int _steps;

    private void Days(double days, Func<int, double> fault)
    {
        _steps = 0;
        for (var step = 0; step < days * 144; step++)
        {
            _ms += 600_000;
            _steps++;
            for (var i = 0; i < Rivers; i++)
            {
                var level = 1 + i + (0.1 * Math.Sin(_ms / 86_400_000.0 * 2 * Math.PI)) + (_random.NextDouble() * 0.02) + fault(i);
                _latest.Set(i, new LatestReading(_ms, [level, _battery, -80], default(QualityMark)));
            }
            _round.Look(_ms);
        }
    }
}
