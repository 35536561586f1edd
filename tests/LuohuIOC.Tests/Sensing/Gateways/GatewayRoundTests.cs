using LuohuIOC.Sensing.Gateways;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Gateways;

public sealed class GatewayRoundTests
{
    private static readonly DateTimeOffset Gone = DateTimeOffset.FromUnixTimeMilliseconds(Watched.Start);

    private readonly GatewayRound _round = new(TimeSpan.FromMinutes(5));
    private readonly HashSet<string> _standing = [];
    private readonly Dictionary<string, DateTimeOffset> _said = new() { ["gw-1"] = Gone };
    private int _sensors = 40;
    private bool _online;
    private GatewayLook _last = null!;

    [Fact]
    public void One_alert_tells_of_a_gateway_that_stays_away_and_ends_when_it_is_back()
    {
        Assert.Equal("gw-1|", Look(1));
        Assert.Equal("|", Look(299));
        Assert.Equal("|gw-1 Yellow@0 {\"gateway\":{\"sensors\":40}}", Look(300));
        _standing.Add("gw-1");
        Assert.Equal("|", Look(301));
        (_online, _) = (true, _said.Remove("gw-1"));
        Assert.Equal("gw-1|gw-1 ended@600", Look(600));
    }

    [Fact]
    public void A_gateway_that_is_back_in_time_or_has_no_sensors_is_not_told_of()
    {
        Look(1);
        (_online, _) = (true, _said.Remove("gw-1"));
        Assert.Equal("gw-1|", Look(200));
        Assert.Empty(_last.Over);
        (_online, _said["gw-1"], _sensors) = (false, Gone, 0);
        Assert.Equal("gw-1|", Look(900));
    }

    [Fact]
    public void Who_was_gone_before_a_restart_is_told_of_when_it_has_had_a_minute_to_come_back()
    {
        var round = new GatewayRound(TimeSpan.FromMinutes(5), Watched.At(600));
        int Told(double second) => round.Look(_said, _standing, _ => _online, _ => _sensors, Watched.At(second)).Changes.Count;
        Assert.Equal(0, Told(601));
        Assert.Equal(0, Told(659));
        Assert.Equal(1, Told(660));
        // The wait of one that went shortly before the restart is not over by then.
        _said["gw-1"] = Gone.AddSeconds(590);
        Assert.Equal(0, Told(889));
        Assert.Equal(1, Told(890));
    }

    [Fact]
    public void A_clock_that_was_ahead_at_the_start_delays_no_alert_until_it_has_caught_up()
    {
        var round = new GatewayRound(TimeSpan.FromMinutes(5), Watched.At(86_400));
        int Told(double second) => round.Look(_said, _standing, _ => _online, _ => _sensors, Watched.At(second)).Changes.Count;
        Assert.Equal(0, Told(600));
        Assert.Equal(1, Told(660));
    }

    [Fact]
    public void After_a_restart_an_open_alert_stands_until_its_gateway_is_heard_of()
    {
        _said.Clear();
        _standing.Add("gw-1");
        Assert.Equal("gw-1|", Look(1000));
        Assert.Contains("gw-1", _last.Away);
        _online = true;
        Assert.Equal("gw-1|gw-1 ended@1100", Look(1100));
        Assert.Equal(["gw-1"], _last.Over);
        _standing.Clear();
        Look(1101);
        Assert.Equal("|", Look(1102));
        Assert.Empty(_last.Over);
    }

    private string Look(double second)
    {
        _last = _round.Look(_said, _standing.ToHashSet(), _ => _online, _ => _sensors, Watched.At(second));
        var told = string.Join(", ", _last.Changes.Select(c => $"{c.Gateway} {c.Change.Severity?.ToString() ?? "ended"}@{(c.Change.ObservedMs - Watched.Start) / 1000} {c.Change.Evidence}".TrimEnd()));
        return $"{string.Join(' ', [.. _last.Gone, .. _last.Back])}|{told}";
    }
}
