using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Weather;

public sealed class RainFieldTests
{
    private static readonly Place[] Places = MakePlaces();

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public void A_moving_cell_gives_every_place_its_share_of_the_same_mean(int seed)
    {
        var field = RainField.Moving(Places, seed);
        foreach (var share in new[] { 0, 0.3, 0.5, 1 })
        {
            field.Move(share);
            Assert.Equal(1, field.Factors.Average(), 1e-9);
            Assert.All(field.Factors, f => Assert.InRange(f, 0.3, 2));
        }
    }

    [Fact]
    public void The_cell_moves()
    {
        var field = RainField.Moving(Places, 1);
        field.Move(0.1);
        var before = field.Factors.ToArray();
        field.Move(0.9);
        Assert.True(Enumerable.Range(0, before.Length).Max(i => Math.Abs(before[i] - field.Factors[i])) > 0.2);
    }

    [Fact]
    public void The_storm_of_2023_has_its_recorded_depths()
    {
        bool AtDonghu(int i) => Places[i] is { EastKm: > 1.5, NorthKm: > 1 };
        var storm = new Storm(
            new SeptemberStorm(), RainField.Standing(Places, AtDonghu, SeptemberStorm.DonghuMm / SeptemberStorm.DistrictMeanMm), TimeSpan.FromHours(1));
        var depth = new double[Places.Length];
        var step = new double[Places.Length];
        for (var at = TimeSpan.Zero; at < TimeSpan.FromHours(24); at += TimeSpan.FromMinutes(5))
        {
            storm.Fall(at, at + TimeSpan.FromMinutes(5), step);
            for (var i = 0; i < depth.Length; i++) depth[i] += step[i];
        }
        Assert.Equal(447.8, depth.Average(), 1e-6);
        Assert.Equal(557.6, depth.Where((_, i) => AtDonghu(i)).Average(), 1e-6);
        Assert.All(depth, d => Assert.True(d > 200));
    }

    [Fact]
    public void A_storm_over_every_place_alike_cannot_favour_one() =>
        Assert.Throws<ArgumentException>(() => RainField.Standing(Places, _ => true, 1.2));

    private static Place[] MakePlaces()
    {
        var random = new Seeded(3, "places");
        return [.. Enumerable.Range(0, 200).Select(_ => new Place(random.Between(-4, 4), random.Between(-3, 4)))];
    }
}
