using LuohuIOC.Detection.Novelty;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

public sealed class DailyShapeTests
{
    private const int PerDay = 288;

    /// <summary>Days with a rise from nine to five that is never quite the same, from a seed.</summary>
    private static double[] Days(int seed, int days, double rise = 10)
    {
        var random = new Random(seed);
        var size = 1.0;
        return [.. Enumerable.Range(0, days * PerDay).Select(i =>
        {
            if (i % PerDay == 0) size = 0.9 + (0.2 * random.NextDouble());
            var hour = i % PerDay / 12.0;
            return (rise * size * Math.Max(0, Math.Sin((hour - 9) / 8 * Math.PI)) * (hour is > 9 and < 17 ? 1 : 0)) + random.NextDouble();
        })];
    }

    private static double[] Nats(DailyShape day, double[] values, int from = 0) =>
        [.. values.Select((v, i) => day.Nats((from + i) * MadeStream.IntervalMs, v, 0, MadeStream.IntervalMs))];

    [Fact]
    public void A_day_without_its_rise_is_rare_though_each_of_its_values_is_usual()
    {
        var values = Days(1, 21);
        for (var i = 18 * PerDay; i < 19 * PerDay; i++) values[i] = values[(18 * PerDay) + (i % 12)];
        var nats = Nats(new DailyShape(new NoveltyOptions()), values);
        Assert.InRange(nats[(18 * PerDay)..(19 * PerDay)].Max(), 1.5 * nats[..(18 * PerDay)].Max(), 100);
    }

    [Fact]
    public void Says_nothing_of_a_stream_whose_days_are_not_alike()
    {
        var random = new Random(2);
        var value = 0.0;
        var nats = Nats(new DailyShape(new NoveltyOptions()), [.. Enumerable.Range(0, 30 * PerDay).Select(_ => value += random.NextDouble() - 0.5)]);
        Assert.All(nats, n => Assert.Equal(0, n));
    }

    [Fact]
    public void Unit_of_the_stream_does_not_matter()
    {
        var values = Days(3, 12);
        var plain = Nats(new DailyShape(new NoveltyOptions()), values);
        var scaled = Nats(new DailyShape(new NoveltyOptions()), [.. values.Select(v => v * 1024)]);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], scaled[i], 1e-6);
        Assert.InRange(plain.Max(), 1, 100);
    }

    [Fact]
    public void Speaks_from_the_fourth_day_at_the_earliest()
    {
        var nats = Nats(new DailyShape(new NoveltyOptions()), Days(4, 6));
        Assert.All(nats[..(3 * PerDay)], n => Assert.Equal(0, n));
        Assert.Contains(nats[(3 * PerDay)..], n => n > 0);
    }

    [Theory]
    [InlineData(-9999)]
    [InlineData(60)]
    public void One_wild_value_does_not_make_the_next_days_rare(double wild)
    {
        var values = Days(5, 24);
        var usual = Nats(new DailyShape(new NoveltyOptions()), values);
        values[(15 * PerDay) + 30] = wild;
        var nats = Nats(new DailyShape(new NoveltyOptions()), values);
        Assert.InRange(nats[(15 * PerDay) + 30], 5, 100);
        Assert.InRange(nats[(16 * PerDay)..].Max(), 0, usual[(16 * PerDay)..].Max() + 0.5);
    }

    [Fact]
    public void A_new_level_is_usual_within_days()
    {
        var values = Days(6, 40);
        for (var i = 20 * PerDay; i < values.Length; i++) values[i] += 50;
        var nats = Nats(new DailyShape(new NoveltyOptions()), values);
        Assert.InRange(nats[(20 * PerDay)..(21 * PerDay)].Max(), 5, 100);
        Assert.InRange(nats[(26 * PerDay)..].Max(), 0, nats[..(20 * PerDay)].Max());
    }
}
