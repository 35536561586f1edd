using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class LastEpisodeTests
{
    /// <summary>A detector has no threshold of the metric: which way the water went is told by what had been expected.</summary>
    [Theory]
    [InlineData(1.7, 0.5, 0.5)]
    [InlineData(2.2, 3.1, 3.1)]
    [InlineData(0.5, 1.7, 0.5)]
    public void The_peak_of_a_detectors_episode_is_the_furthest_from_what_was_expected(double first, double second, double peak)
    {
        AlertEvent[] events =
        [
            Step(AlertEventType.Raised, 1, Severity.Blue, first) with { Subject = Some.Subject(), Rule = "novelty-level" },
            Step(AlertEventType.Escalated, 2, Severity.Yellow, second),
            Step(AlertEventType.Cleared, 3, null, 1.9),
        ];
        var last = events.Aggregate((Alert?)null, (alert, happened) => happened.Apply(alert))!;
        Assert.Equal(peak, AlertSurvey.EpisodeOf(last, events).Peak);
    }

    private static AlertEvent Step(AlertEventType type, int sequence, Severity? to, double value) => new("0123", sequence, type, Some.Now.AddMinutes(sequence), Alert.System)
    {
        To = to,
        Metric = "level",
        Value = value,
        ObservedAt = Some.Now.AddMinutes(sequence),
        Evidence = """{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"level":1.9}}""",
    };
}
