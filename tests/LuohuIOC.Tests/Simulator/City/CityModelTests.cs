using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using Xunit;

namespace LuohuIOC.Tests.Simulator.City;

public sealed class CityModelTests
{
    private const int Points = 21;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_yearly_storm_floods_few_points_and_a_fifty_year_storm_most(int seed)
    {
        Assert.True(After(TestCity.Chicago(1, seed), 3).Crossings.Count <= 1);
        Assert.True(After(TestCity.Chicago(2, seed), 3).Crossings.Count <= 5);
        Assert.InRange(After(TestCity.Chicago(50, seed), 3).Crossings.Count, 16, Points);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void The_storm_of_2023_floods_every_point(int seed)
    {
        var model = new CityModel(
            TestCity.Sensors(),
            new CityOptions { Start = TestCity.Start, Seed = seed, Storm = StormKind.September2023, StormDelay = TimeSpan.Zero });
        Assert.Equal(Points, After(model, 22).Crossings.Count);
    }

    [Fact]
    public void Without_a_storm_no_point_floods() =>
        Assert.Empty(After(new CityModel(TestCity.Sensors(), new CityOptions { Start = TestCity.Start }), 30).Crossings);

    [Fact]
    public void A_stronger_storm_floods_no_point_later()
    {
        var weaker = Crossings(After(TestCity.Chicago(2), 3));
        foreach (var period in new[] { 5.0, 10, 20, 50, 100 })
        {
            var stronger = Crossings(After(TestCity.Chicago(period), 3));
            foreach (var (point, at) in weaker)
                Assert.True(stronger.TryGetValue(point, out var then) && then <= at, $"{point}: {at} before P = {period}, {then} in it");
            weaker = stronger;
        }
    }

    [Fact]
    public void The_streets_are_dry_again_hours_after_the_storm()
    {
        var model = After(TestCity.Chicago(50), 1);
        Assert.True(model.FloodedPoints > 10);
        Assert.Equal(0, After(model, 5).FloodedPoints);
    }

    [Fact]
    public void Water_is_kept_through_a_whole_storm()
    {
        var balance = After(TestCity.Chicago(50), 4).Balance;
        Assert.True(balance.Rain > 1e6);
        Assert.InRange(Math.Abs(balance.Missing), 0, balance.In * 1e-9);
    }

    [Fact]
    public void The_same_seed_makes_the_same_city_and_another_seed_another()
    {
        var first = After(TestCity.Chicago(20), 2);
        var again = After(TestCity.Chicago(20), 2);
        var other = After(TestCity.Chicago(20, seed: 2), 2);
        Assert.Equal(first.Crossings, again.Crossings);
        Assert.Equal(Readings(first), Readings(again));
        Assert.NotEqual(first.Crossings, other.Crossings);
    }

    [Fact]
    public void One_long_advance_is_as_many_short_ones()
    {
        var long_ = TestCity.Chicago(20);
        var short_ = TestCity.Chicago(20);
        long_.AdvanceTo(TimeSpan.FromMinutes(70));
        for (var seconds = 0; seconds <= 4200; seconds += 7) short_.AdvanceTo(TimeSpan.FromSeconds(seconds));
        Assert.Equal(long_.Elapsed, short_.Elapsed);
        Assert.Equal(long_.Crossings, short_.Crossings);
    }

    [Fact]
    public void Every_sensor_measures_all_metrics_of_its_kind_within_the_physical_range()
    {
        var model = TestCity.Chicago(50);
        var values = new double[16];
        for (var minutes = 10; minutes <= 180; minutes += 10)
        {
            model.AdvanceTo(TimeSpan.FromMinutes(minutes));
            for (var i = 0; i < model.Sensors.Count; i++)
            {
                var kind = KindCatalogue.Of(model.Sensors[i].Kind);
                // What a kind has gained since stands behind what all have; the city's devices are older.
                var measured = kind.Metrics.TakeWhile(m => m.Name != "signal").Count() + 1;
                Assert.Equal(measured, model.Read(i, values, withHealth: true));
                for (var slot = 0; slot < measured; slot++)
                    Assert.True(
                        values[slot] >= kind.Metrics[slot].Minimum && values[slot] <= kind.Metrics[slot].Maximum,
                        $"{model.Sensors[i].Id} {kind.Metrics[slot].Name} = {values[slot]} at {minutes} min");
            }
        }
    }

    [Fact]
    public void The_gauges_catch_what_fell()
    {
        var model = After(TestCity.Chicago(50), 3);
        var values = new double[16];
        var caught = Enumerable.Range(0, model.Sensors.Count).Where(i => model.Sensors[i].Kind == SensorKind.RainGauge).Select(i =>
        {
            model.Read(i, values, withHealth: false);
            return values[0];
        }).ToArray();
        Assert.InRange(caught.Average(), 100, 180);
    }

    private static CityModel After(CityModel model, double hours)
    {
        model.AdvanceTo(TimeSpan.FromHours(hours));
        return model;
    }

    private static Dictionary<string, TimeSpan> Crossings(CityModel model) => model.Crossings.ToDictionary(c => c.SensorId, c => c.At);

    private static List<double> Readings(CityModel model)
    {
        var all = new List<double>();
        var values = new double[16];
        for (var i = 0; i < model.Sensors.Count; i++) all.AddRange(values.Take(model.Read(i, values, withHealth: true)).ToArray());
        return all;
    }
}
