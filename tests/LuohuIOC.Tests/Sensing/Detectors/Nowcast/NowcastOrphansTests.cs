using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Detectors.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class NowcastOrphansTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_735_660_800_000);

    [Fact]
    public void What_nobody_forecasts_any_more_ends_and_nothing_else_does()
    {
        AlertView[] open =
        [
            View("gone", "nowcast-depth"), View("gone", "nowcast-residual"), View("gone", "waterlogging-depth"), View("kept", "nowcast-depth"),
            View("ended", "nowcast-depth") with { ClearedAt = Now },
        ];
        var changes = NowcastOrphans.Of(open, id => id == "kept", Now.ToUnixTimeMilliseconds()).ToList();
        Assert.Equal([("gone", "nowcast-depth"), ("gone", "nowcast-residual")], changes.Select(c => (c.SensorId, c.Change.Rule)));
        Assert.All(changes, c => Assert.Equal((null, "depth", Now.ToUnixTimeMilliseconds()), (c.Change.Severity, c.Change.Metric, c.Change.ObservedMs)));
    }

    private static AlertView View(string sensor, string rule) => new()
    {
        Id = $"{sensor}/{rule}", SensorId = sensor, SensorName = "", Kind = "waterlogging", Street = "", Rule = rule, RuleName = "", Severity = "blue", Worst = "blue",
        State = AlertWords.Of(AlertState.Raised), Metric = "depth", Unit = "m", ObservedAt = Now, RaisedAt = Now, UpdatedAt = Now, Version = 1,
    };
}
