using LuohuIOC.Detection.Novelty;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

public sealed class EpisodeTests
{
    private static readonly NoveltyOptions Options = new();
    private static readonly long HourMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    [Fact]
    public void Passes_the_beginning_and_what_clearly_exceeds_it_and_holds_the_rest_back()
    {
        var episode = new Episode();
        double[] evidence = [5, 5.4, 5.6, 4, 0, 6];
        double[] expected = [5, 0, 5.6, 0, 0, 0];
        for (var i = 0; i < evidence.Length; i++) Assert.Equal(expected[i], episode.News(i * 60_000, evidence[i], Options));
    }

    [Fact]
    public void Lasts_while_the_evidence_does_and_ends_six_hours_later()
    {
        var episode = new Episode();
        Assert.Equal(5, episode.News(0, 5, Options));
        for (var hour = 1; hour <= 20; hour++) Assert.Equal(0, episode.News(hour * HourMs, 3.2, Options));
        Assert.Equal(0, episode.News(26 * HourMs, 2.5, Options));
        Assert.Equal(2.5, episode.News(26 * HourMs + 1, 2.5, Options));
    }
}
