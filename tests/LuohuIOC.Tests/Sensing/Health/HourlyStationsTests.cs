using LuohuIOC.Detection.Health;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Health;

/// <summary>Six river sections that report once an hour, looked at every ten minutes.</summary>
public sealed class HourlyStationsTests
{
    private const int Rivers = 6;
    private const long LookMs = 600_000;

    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();
    private readonly HealthBoard _board = new();
    private readonly HealthOptions _options = new();
    private readonly Random _random = new(3);
    private HealthRound _round = null!;
    private long _ms = 1_735_660_800_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_that_creeps_drifts_whether_or_not_all_report_at_the_same_minute(int looksApart)
    {
        Begin(Rivers, looksApart);
        Days(5, looksApart, _ => 0);
        Assert.Equal("well", View(0).State);
        Days(3, looksApart, i => i == 0 ? (_ms - _faultMs) * 0.2 / 86_400_000 : 0);
        for (var look = 0; look < 6; look++)
        {
            // Whenever the grain tells it, it knows how far off the last reading was.
            var fault = _board.Of(0)!.Fault!;
            Assert.Equal(SensorFault.Drift, fault.Fault);
            Assert.InRange(fault.Departure, 5, 100);
            Assert.InRange(fault.PeersDeparture, -2.5, 2.5);
            Days(1 / 144.0, looksApart, i => i == 0 ? 0.6 : 0);
        }
        for (var i = 1; i < Rivers; i++) Assert.Null(_board.Of(i));
    }

    [Fact]
    public void One_that_pauses_and_comes_back_elsewhere_is_biased()
    {
        Begin(Rivers, 0);
        Days(5, 0, _ => 0);
        Days(0.3, 0, _ => 0, silent: 0);
        Days(1, 0, i => i == 0 ? 0.5 : 0);
        Assert.Equal(SensorFault.Bias, _board.Of(0)!.Fault!.Fault);
    }

    [Fact]
    public void One_without_neighbours_is_not_said_to_agree_with_them()
    {
        Begin(2, 0);
        Days(2, 0, _ => 0);
        Assert.Equal("learning", View(0).State);
        Days(3, 0, _ => 0);
        Assert.Equal("uncompared", View(0).State);
        Assert.DoesNotContain("相符", View(0).Text);
    }

    /// <summary>Three of five neighbours have never sent: nobody was compared with them.</summary>
    [Fact]
    public void Only_neighbours_that_were_compared_are_counted_and_far_from_its_habit_is_not_said_to_agree()
    {
        Begin(Rivers, 0);
        Days(5, 0, _ => 0, silentFrom: 3);
        Assert.Equal(("well", "与日常规律及周边 2 个同类站点相符。"), (View(0).State, View(0).Text));
        Days(1 / 24.0, 0, _ => 1, silentFrom: 3);
        Assert.Equal("well", View(0).State);
        Assert.Matches("^水位偏离日常 [0-9.]+ 倍常态波动，周边 2 个同类站点也有变化", View(0).Text);
    }

    [Fact]
    public void Far_from_its_habit_alone_is_not_said_to_be_shared()
    {
        Begin(Rivers, 0);
        Days(5, 0, _ => 0);
        for (var look = 0; look < 6 && !View(0).Text.Contains("偏离", StringComparison.Ordinal); look++) Days(1 / 144.0, 0, i => i == 0 ? 0.1 : 0);
        Assert.Matches("^水位偏离日常 [0-9.]+ 倍常态波动，周边 5 个同类站点的中位偏离为 -?[0-9.]+ 倍，正在继续观察。$", View(0).Text);
    }

    [Fact]
    public void The_habit_that_is_known_is_not_said_to_be_learned_between_two_readings()
    {
        Begin(Rivers, 0);
        Days(5, 0, _ => 0);
        for (var look = 0; look < 6; look++)
        {
            Days(1 / 144.0, 0, _ => 0);
            Assert.Equal("well", View(0).State);
        }
    }

    private long _faultMs;

    private void Begin(int rivers, int looksApart)
    {
        var first = new GeoPoint(114.1, 22.55);
        _registry.Apply([.. Enumerable.Range(0, rivers).Select(i => RainDesk.Draft($"rv-{i}", SensorKind.River, first.Offset(i * 500, 0)))]);
        _round = new HealthRound(_registry, _latest, _board, _options);
        Assert.InRange(looksApart, 0, 1);
    }

    private void Days(double days, int looksApart, Func<int, double> fault, int silent = -1, int silentFrom = int.MaxValue)
    {
        _faultMs = _ms;
        for (var step = 0; step < Math.Round(days * 144); step++)
        {
            _ms += LookMs;
            for (var i = 0; i < _registry.Count; i++)
            {
                if (i == silent || i >= silentFrom || (_ms / LookMs) % 6 != i * looksApart) continue;
                var level = 1 + i + (0.1 * Math.Sin(_ms / 86_400_000.0 * 2 * Math.PI)) + (_random.NextDouble() * 0.02) + fault(i);
                _latest.Set(i, new LatestReading(_ms, [level, 60, -80], default));
            }
            _round.Look(_ms);
        }
    }

    private HealthView View(int number)
    {
        var (health, peers) = _round.Find(_registry[number])!.Value;
        return HealthView.Of(_registry[number], health, [.. peers.Select(n => _registry[n].Id)], _ms, _options, TextBook.Chinese);
    }
}
