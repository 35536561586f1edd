using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class NowcastBandsTests
{
    private static readonly NowcastOptions Options = new() { Bands = 4, RowsPerBandMin = 100, WetRowsPerBandMin = 50, WetRowsMin = 20 };

    [Fact]
    public void The_interval_holds_the_wet_rows_too_where_they_are_worse_than_the_others()
    {
        var rows = Rows(4000, wetShare: 0.4, wetError: 3);
        var bands = NowcastBands.Of([.. rows], Options);
        Assert.InRange(bands.Length, 4, 8);
        Assert.InRange(Held(rows.Where(r => r.IsWet), bands), 0.92, 0.96);
        Assert.True(Held(rows, bands) > 0.95);
        // Without a look at the wet rows they are held far less often.
        Assert.True(Held(rows.Where(r => r.IsWet), NowcastBands.Of([.. rows.Select(r => r with { IsWet = false })], Options)) < 0.8);
    }

    [Fact]
    public void A_few_wet_rows_among_many_do_not_make_it_useless()
    {
        var rows = Rows(40_000, wetShare: 0.005, wetError: 200);
        var bands = NowcastBands.Of([.. rows], Options);
        // Further out than any dry row is useless here: one row in two hundred is wet.
        Assert.All(bands, b => Assert.InRange(b.HighFactor, 1.6, 3));
    }

    [Fact]
    public void No_band_has_more_than_its_share_of_the_rows_or_of_the_wet_ones_and_dry_weather_keeps_one_of_its_own()
    {
        // Only hard rows are wet; in the easy half nothing happens.
        var rows = Rows(4000, wetShare: 0, wetError: 1).Select(r => r with { IsWet = r.Spread > 0.81, Error = r.Spread < 0.51 ? r.Spread / 10 : r.Error }).ToArray();
        var bands = NowcastBands.Of([.. rows], Options);
        for (var b = 0; b < bands.Length - 1; b++)
        {
            var here = rows.Where(r => r.Spread <= bands[b].SpreadMax && (b == 0 || r.Spread > bands[b - 1].SpreadMax)).ToArray();
            Assert.True(here.Length <= 1000 && here.Count(r => r.IsWet) <= rows.Count(r => r.IsWet) / 4, $"{here.Length}, {here.Count(r => r.IsWet)} wet");
        }
        Assert.Equal(double.MaxValue, bands[^1].SpreadMax);
        Assert.InRange(bands[0].HighFactor, 0.09, 0.11);
    }

    [Fact]
    public void Rows_of_one_spread_stay_together()
    {
        var bands = NowcastBands.Of([.. Rows(1000, 0.2, 1).Select(r => r with { Spread = 0.01 })], Options);
        Assert.Equal(double.MaxValue, Assert.Single(bands).SpreadMax);
    }

    private static double Held(IEnumerable<(double Spread, double Error, bool IsWet)> rows, NowcastBand[] bands)
    {
        var (held, count) = (0, 0);
        foreach (var (spread, error, _) in rows)
        {
            var band = bands.First(b => spread <= b.SpreadMax);
            count++;
            if (error >= band.LowFactor * spread && error <= band.HighFactor * spread) held++;
        }
        return (double)held / count;
    }

    // Errors in spreads: uniform to either side, those of wet rows so many times as large.
    private static (double Spread, double Error, bool IsWet)[] Rows(int count, double wetShare, double wetError)
    {
        var random = new Random(11);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var (spread, wet) = (0.01 + random.NextDouble(), random.NextDouble() < wetShare);
                return (spread, spread * ((4 * random.NextDouble()) - 2) * (wet ? wetError : 1), wet);
            }),
        ];
    }
}
