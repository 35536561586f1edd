using CsCheck;
using LuohuIOC.Detection.Health;
using Xunit;

namespace LuohuIOC.Tests.Detection.Health;

public sealed class SeasonalLevelTests
{
    private const long Step = 600_000;
    private const long Start = 1_735_660_800_000;

    [Fact]
    public void It_says_nothing_for_three_days_and_then_knows_the_day()
    {
        var season = new SeasonalLevel(0.01);
        Assert.Equal(double.NaN, season.Departure(Start, 5));
        Fill(season, 4);
        Assert.True(season.IsWarm);
        Assert.InRange(season.ExpectedAt(Start + (6 * 3_600_000)), Daily(Start + (6 * 3_600_000)) - 0.3, Daily(Start + (6 * 3_600_000)) + 0.3);
        Assert.True(Math.Abs(season.Departure(Start, Daily(Start))) < 3);
        Assert.True(season.Departure(Start, Daily(Start) + 5) > 10);
    }

    [Fact]
    public void One_wild_week_hardly_moves_it()
    {
        var season = new SeasonalLevel(0.01);
        var endMs = Fill(season, 30);
        var before = season.ExpectedAt(endMs);
        for (var i = 0; i < 7 * 144; i++) season.Learn(endMs + (i * Step), Daily(endMs + (i * Step)) + 100);
        Assert.InRange(Math.Abs(season.ExpectedAt(endMs) - before), 0, 2);
    }

    [Fact]
    public void What_was_stored_means_the_same() => Gen.Double[-10, 10].Array[1, 800].Sample(values =>
    {
        var (whole, cut) = (new SeasonalLevel(0.1), new SeasonalLevel(0.1));
        for (var i = 0; i < values.Length; i++)
        {
            whole.Learn(Start + (i * Step), values[i]);
            cut.Learn(Start + (i * Step), values[i]);
            if (i % 97 != 0) continue;
            var next = new SeasonalLevel(0.1);
            if (!next.Restore(cut.Snapshot())) return false;
            cut = next;
        }
        return whole.Snapshot().AsSpan().SequenceEqual(cut.Snapshot()) && !cut.Restore([1, 2]) && !cut.Restore([.. cut.Snapshot().Select(_ => double.NaN)]);
    });

    private static double Daily(long timeMs) => 2 + Math.Sin(timeMs / 86_400_000.0 * 2 * Math.PI);

    private static long Fill(SeasonalLevel season, int days)
    {
        for (var i = 0; i <= days * 144; i++) season.Learn(Start + (i * Step), Daily(Start + (i * Step)) + (0.02 * (i % 5)));
        return Start + (days * 144 * Step);
    }
}
